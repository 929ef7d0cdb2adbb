import { User } from '../../src/users/user.entity.js';
import type { Client } from '../support/client.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { ownDatabase } from '../support/own-database.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** There is no way around the door (K10, K11, K13, K19, K22). */
describe('Ways around', () => {
  let test: TestApp;
  let make: Make;
  let ann: { client: Client; user: { id: string } };

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    ann = await make.signedIn();
  });
  afterAll(() => test.close());

  it.each([
    '/V1/AUDIT-EVENTS',
    '//v1/audit-events',
    '/v1//audit-events',
    '/v1/./audit-events',
    '/v1/users/../audit-events',
    '/v1%2faudit-events',
    '/%761/audit-events',
    '/v1/audit%2devents',
    '/v1/audit-events/',
    '/v1/audit-events;a=b',
    '/v1/audit-events.json',
    '/v1/audit-events%00',
    '/v1/audit-events%20',
    '/v1/audit-events?limit=1',
    '/docs/../v1/audit-events',
    '/health/..;/v1/audit-events',
  ])('the path %s opens nothing that the plain one does not (K11)', async (url) => {
    const { status } = await ann.client.get(url);
    expect([400, 403, 404]).toContain(status);
    expect((await make.client.get(url)).status).not.toBe(200);
  });

  it.each([
    ['x-original-url', '/health/live'],
    ['x-rewrite-url', '/health/live'],
    ['x-forwarded-user', 'root'],
    ['x-remote-user', 'root'],
    ['x-role', 'superuser'],
    ['x-http-method-override', 'GET'],
    ['x-forwarded-prefix', '/health'],
  ])('the header %s is not listened to (K13)', async (name, value) => {
    const ask = (client: Client) =>
      client.send({ method: 'GET', url: '/v1/audit-events', headers: { [name]: value } });
    expect((await ask(make.client)).status).toBe(401);
    expect((await ask(ann.client)).status).toBe(403);
  });

  it.each(['x-user-id', 'x-forwarded-user'])(
    'nobody becomes another by the header %s, nor by a query (J07)',
    async (name) => {
      const { user } = await make.user();
      const { status, body } = await ann.client.send<{ id: string }>({
        method: 'GET',
        url: '/v1/users/me',
        headers: { [name]: user.id },
      });
      expect({ status, id: body.id }).toEqual({ status: 200, id: ann.user.id });
      const asked = await ann.client.get<{ id?: string }>(`/v1/users/me?userId=${user.id}`);
      expect(asked.body.id).not.toBe(user.id);
    },
  );

  it('the log book lets nobody change or delete a line, superuser or not (K19)', async () => {
    const root = await make.signedIn({ isSuperuser: true });
    const { body } = await root.client.get<{ items: { id: string }[] }>('/v1/audit-events?limit=1');
    const [{ id } = { id: '' }] = body.items;
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
      const answer = await root.client.send({ method, url: `/v1/audit-events/${id}` });
      expect([404, 405]).toContain(answer.status);
    }
    await expect(
      test.database.query('UPDATE audit_events SET action = $1 WHERE id = $2', ['sign_out', id]),
    ).rejects.toThrow();
    await expect(
      test.database.query('DELETE FROM audit_events WHERE id = $1', [id]),
    ).rejects.toThrow();
  });
});

describe('On an empty database', () => {
  it('the first who registers is like any other (K10)', async () => {
    const own = await ownDatabase('first');
    const empty = await startTestApp({
      environment: { DATABASE_URL: own.url, EMAIL_VERIFICATION: 'optional' },
    });
    const email = someEmail();
    const answer = await new Make(empty).client.register(email, GOOD_PASSWORD);
    const [first] = await empty.database.getRepository(User).find();
    await empty.close();
    await own.drop();
    expect(answer.status).toBe(201);
    expect(first).toMatchObject({ isSuperuser: false, isStaff: false });
  });
});
