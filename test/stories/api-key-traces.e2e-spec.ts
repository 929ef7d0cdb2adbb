import { v7 as uuidv7 } from 'uuid';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { type MadeKey, makeKey } from '../support/api-keys.js';
import { LogBook } from '../support/audit.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('What is done with an API key', () => {
  let test: TestApp;
  let log: LogBook;
  let ownerId: string;
  let person: Client;
  let key: MadeKey;

  beforeAll(async () => {
    test = await startTestApp();
    log = await LogBook.of(test);
    const made = await new Make(test).signedIn({ isSuperuser: true });
    [ownerId, person] = [made.user.id, made.client];
    key = await makeKey(test, ownerId, { scopes: [{ permission: groupPermissions.add }] });
  });
  afterAll(() => test.close());

  const addGroup = async (client: Client) => {
    const { body } = await client.post<{ id: string }>('/v1/groups', { name: `Crew ${uuidv7()}` });
    const [event] = await log.about(body.id);
    return event;
  };

  it('is in the log book as done by its owner, with this key', async () => {
    const event = await addGroup(key.client);
    expect(event).toMatchObject({ action: 'group_created', actorId: ownerId });
    expect(event?.details).toMatchObject({ apiKeyId: key.id, after: { description: '' } });
    expect((await addGroup(person))?.details).not.toHaveProperty('apiKeyId');
  });

  it('and is refused is there, too, with the reason', async () => {
    await key.client.get('/v1/permissions');
    await key.client.get('/v1/users/me/sessions');
    const other = await makeKey(test, (await new Make(test).user()).user.id);
    await other.client.post('/v1/groups', { name: 'Crew' });
    const denied = async (id: string) =>
      (await log.about(id))
        .filter(({ action }) => action === 'access_denied')
        .map(({ details }) => details);
    expect(await denied(ownerId)).toEqual([
      { permission: 'permissions.view_permission', reason: 'insufficient_scope', apiKeyId: key.id },
      { reason: 'api_key_not_allowed', apiKeyId: key.id },
    ]);
    expect(await denied(other.row.userId)).toEqual([
      { permission: 'permissions.add_group', apiKeyId: other.id },
    ]);
  });

  it('says in the line of the request by which key, and never the key', async () => {
    const before = test.logged.length;
    await key.client.me();
    await person.get('/v1/users/me');
    const lines = test.logged
      .slice(before)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request');
    expect(lines).toEqual([
      expect.objectContaining({ userId: ownerId, apiKeyId: key.id }),
      expect.not.objectContaining({ apiKeyId: expect.anything() as unknown }),
    ]);
    const told = test.logged.join('');
    expect(told).not.toContain(key.key);
    expect(told).not.toContain(key.key.split('_')[3]);
  });
});
