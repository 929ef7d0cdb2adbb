import type { PermissionName } from '../../src/access/permission-name.js';
import { providerPermissions } from '../../src/social/office/social.permissions.js';
import { makeKey } from '../support/api-keys.js';
import { LogBook, withOwnDatabase } from '../support/audit.js';
import { wholeDatabase } from '../support/dump.js';
import { heard } from '../support/heard.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import {
  buttons,
  leadsTo,
  PROVIDERS,
  ProvidersDesk,
  someProvider,
} from '../support/providers-office.js';
import type { TestApp } from '../support/test-app.js';
import { Office } from '../support/users-office.js';

const { view, add, change, delete: remove } = providerPermissions;

describe('A provider that is configured at run time', () => {
  let test: TestApp;
  let there: TestApp;
  let office: Office;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const own = await withOwnDatabase('providers', {
      environment: {
        LOG_LEVEL: 'trace',
        SOCIAL_GITHUB_CLIENT_ID: 'of the settings',
        SOCIAL_GITHUB_CLIENT_SECRET: 'a secret',
      },
    });
    ({ drop } = own);
    [test, there] = [await own.start(), await own.start()];
    office = new Office(test);
  });
  afterAll(async () => {
    await there.close();
    await test.close();
    await drop();
  });

  const desk = async (...permissions: PermissionName[]) =>
    new ProvidersDesk((await office.clerk(permissions)).client);
  const whoDoesAll = () => desk(view, add, change, remove);

  it('is a button from the very next request on, on every node, until it is switched off', async () => {
    const clerk = await whoDoesAll();
    const { id } = (await clerk.add()).body;
    expect(await buttons(test)).toContain(id);
    expect((await leadsTo(test, id))?.hostname).toBe('github.com');
    await heard(there);
    expect(await buttons(there)).toContain(id);

    expect((await clerk.change(id, { clientId: 'another' })).status).toBe(200);
    expect((await leadsTo(test, id))?.searchParams.get('client_id')).toBe('another');
    await heard(there);
    expect((await leadsTo(there, id))?.searchParams.get('client_id')).toBe('another');

    expect((await clerk.change(id, { isEnabled: false })).status).toBe(200);
    await heard(there);
    for (const node of [test, there]) {
      expect(await buttons(node)).not.toContain(id);
      expect(await leadsTo(node, id)).toBeUndefined();
    }
    expect((await clerk.change(id, { isEnabled: true })).status).toBe(200);
    expect(await leadsTo(test, id)).toBeDefined();
    expect((await clerk.remove(id)).status).toBe(204);
    await heard(there);
    for (const node of [test, there]) expect(await leadsTo(node, id)).toBeUndefined();
    expectProblem(await clerk.remove(id), 404, 'not_found');
  });

  describe('takes the permission for what is done with it:', () => {
    it.each([
      ['to see it', view, (clerk: ProvidersDesk) => clerk.client.get(PROVIDERS), 200],
      ['to add one', add, (clerk: ProvidersDesk) => clerk.add(), 201],
      ['to change it', change, (clerk: ProvidersDesk, id: string) => clerk.change(id, {}), 200],
      ['to try it', change, (clerk: ProvidersDesk, id: string) => clerk.try(id), 200],
      ['to remove it', remove, (clerk: ProvidersDesk, id: string) => clerk.remove(id), 204],
    ])('%s', async (_, permission, act, status) => {
      const { id } = (await (await whoDoesAll()).add()).body;
      const others = [view, add, change, remove].filter((each) => each !== permission);
      expectProblem(await act(await desk(...others), id), 403, 'permission_denied');
      expect((await act(await desk(permission), id)).status).toBe(status);
    });
  });

  it('takes a fresh proof for what changes it', async () => {
    const clerk = await office.clerk([view, add, change, remove]);
    const her = new ProvidersDesk(clerk.client);
    const { id } = (await her.add()).body;
    await office.ages(clerk);
    const answers = [await her.add(), await her.change(id, { name: 'x' }), await her.remove(id)];
    for (const answer of answers) expectProblem(answer, 403, 'reauthentication_required');
    expect(await her.shown(id)).toMatchObject({ name: 'Our own Git' });
  });

  it('is nothing for an API key, whoever owns it', async () => {
    const { user } = await office.superuser();
    const key = new ProvidersDesk((await makeKey(test, user.id)).client);
    const { id } = (await (await whoDoesAll()).add()).body;
    const answers = [
      await key.client.get(PROVIDERS),
      await key.add(),
      await key.change(id, {}),
      await key.try(id),
      await key.remove(id),
    ];
    for (const answer of answers) expectProblem(answer, 403, 'api_key_not_allowed');
  });

  it('has a secret that goes in and never comes out', async () => {
    const { client, user } = await office.clerk([view, add, change, remove]);
    const clerk = new ProvidersDesk(client);
    const [first, second] = [someProvider(), someProvider()];
    const { id } = first;
    const answers = [
      await clerk.add(first),
      await clerk.change(id, { clientSecret: second.clientSecret }),
      await clerk.change(id, { name: 'Another' }),
      await client.get(PROVIDERS),
      await clerk.try(id),
    ];
    expect(await clerk.shown(id)).toMatchObject({ name: 'Another', hasClientSecret: true });
    const events = await (await LogBook.of(test)).read(`actorId=${user.id}`);
    expect(events.filter(({ action }) => action === 'social_provider_changed')).toHaveLength(2);
    const rows = await wholeDatabase(test);
    expect(rows).toContain(id); // it does see them
    const told = [...answers.map(({ text }) => text), JSON.stringify(events), rows, ...test.logged];
    for (const { clientSecret } of [first, second]) {
      const bytes = Buffer.from(clientSecret);
      for (const spelling of [clientSecret, bytes.toString('hex'), bytes.toString('base64')]) {
        for (const text of told) expect(text).not.toContain(spelling);
      }
    }
  });

  describe('has an id', () => {
    it('that nobody else has, in the settings or here', async () => {
      const clerk = await whoDoesAll();
      expectProblem(await clerk.add(someProvider({ id: 'github' })), 409, 'provider_taken');
      const taken = someProvider();
      expect((await clerk.add(taken)).status).toBe(201);
      expectProblem(await clerk.add({ ...taken, clientId: 'x' }), 409, 'provider_taken');
      expect(await clerk.shown(taken.id)).toMatchObject({ clientId: 'gatehouse' });
    });

    it('that one of 50 gets who want it at once', async () => {
      const { client, user } = await office.clerk([view, add]);
      const clerk = new ProvidersDesk(client);
      const wanted = someProvider();
      const answers = await Promise.all(Array.from({ length: 50 }, () => clerk.add(wanted)));
      const added = answers.filter(({ status }) => status === 201);
      expect(added).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
      const events = await (await LogBook.of(test)).read(`actorId=${user.id}`);
      const made = events.filter(({ action }) => action === 'social_provider_created');
      expect(made).toHaveLength(1);
    });

    it('that is gone once, though 20 remove it at once', async () => {
      const { client, user } = await office.clerk([add, remove]);
      const clerk = new ProvidersDesk(client);
      const { id } = (await clerk.add()).body;
      const answers = await Promise.all(Array.from({ length: 20 }, () => clerk.remove(id)));
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
      const events = await (await LogBook.of(test)).read(`actorId=${user.id}`);
      const gone = events.filter(({ action }) => action === 'social_provider_deleted');
      expect(gone).toHaveLength(1);
    });
  });

  it.each([
    [{ id: 'Acme' }, 'id invalid_id'],
    [{ id: '../x' }, 'id invalid_id'],
    [{ id: 'x'.repeat(51) }, 'id too_long'],
    [{ kind: 'saml' }, 'kind invalid_choice'],
    [{ kind: 'oidc' }, 'issuer required'],
    [{ issuer: 'https://id.example' }, 'issuer not_allowed'],
    [{ kind: 'oidc', issuer: 'http://id.example' }, 'issuer invalid_issuer'],
    [{ kind: 'oidc', issuer: 'https://x@id.example' }, 'issuer invalid_issuer'],
    [{ kind: 'oidc', issuer: 'https://id.example?x' }, 'issuer invalid_issuer'],
    [{ kind: 'oidc', issuer: 'file:///etc/passwd' }, 'issuer invalid_issuer'],
    [{ clientSecret: null }, 'clientSecret required'],
    [{ clientSecret: undefined }, 'clientSecret required'],
    [{ clientSecret: 1 }, 'clientSecret invalid_type'],
    [{ clientSecret: 'x'.repeat(1001) }, 'clientSecret too_long'],
    [{ nativeClientIds: 'x' }, 'nativeClientIds invalid_type'],
    [{ nativeClientIds: Array.from({ length: 21 }, () => 'x') }, 'nativeClientIds too_long'],
    [{ verifiedDomains: [1] }, 'verifiedDomains invalid_type'],
    [{ verifiedDomains: ['https://acme.example'] }, 'verifiedDomains invalid_domain'],
    [{ verifiedDomains: ['acme.example', '*.acme.example'] }, 'verifiedDomains invalid_domain'],
    [{ verifiedDomains: ['acme'] }, 'verifiedDomains invalid_domain'],
    [{ isEnabled: 'yes' }, 'isEnabled invalid_type'],
    [{ sealedClientSecret: 'x' }, 'sealedClientSecret unknown_field'],
  ])('is not made of %j', async (wrong, complaint) => {
    const answer = await (await desk(add)).add(someProvider(wrong));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toContain(complaint);
  });

  it('vouches for domains however they were typed', async () => {
    const clerk = await whoDoesAll();
    const { body } = await clerk.add(someProvider({ verifiedDomains: ['Acme.EXAMPLE'] }));
    expect(body.verifiedDomains).toEqual(['acme.example']);
    const domains = ['id.Acme.example', 'XN--BCHER-KVA.example'];
    const changed = await clerk.change(body.id, { verifiedDomains: domains });
    expect(changed.body.verifiedDomains).toEqual(['id.acme.example', 'xn--bcher-kva.example']);
  });

  it('keeps a secret where the provider knows nobody without one', async () => {
    const clerk = await whoDoesAll();
    const { id } = (await clerk.add()).body;
    const answer = await clerk.change(id, { clientSecret: null });
    expect(complaintsOf(answer)).toEqual(['clientSecret required']);
    expect(await leadsTo(test, id)).toBeDefined();
  });

  it('may be one of OpenID Connect that knows this server by no secret', async () => {
    const clerk = await whoDoesAll();
    const wish = someProvider({ kind: 'oidc', issuer: 'https://id.example' });
    const { id } = (await clerk.add(wish)).body;
    expect((await clerk.change(id, { clientSecret: null })).status).toBe(200);
    expect(await clerk.shown(id)).toMatchObject({ hasClientSecret: false });
    expect(await buttons(test)).toContain(id);
  });

  it('never becomes another kind, or of another issuer', async () => {
    const clerk = await whoDoesAll();
    const { id } = (await clerk.add()).body;
    for (const changes of [{ kind: 'google' }, { issuer: 'https://evil.example' }, { id: 'x' }]) {
      expectProblem(await clerk.change(id, changes), 400, 'validation_failed');
    }
  });
});
