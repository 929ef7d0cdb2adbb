import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { ResealingService } from '../../src/database/resealing.service.js';
import { providerPermissions } from '../../src/social/office/social.permissions.js';
import { withOwnDatabase } from '../support/audit.js';
import { behindItsBack } from '../support/heard.js';
import { expectProblem } from '../support/problems.js';
import { buttons, leadsTo, ProvidersDesk, someProvider } from '../support/providers-office.js';
import { type TestApp, startTestApp } from '../support/test-app.js';
import { Office } from '../support/users-office.js';

const deskOf = async (test: TestApp) =>
  new ProvidersDesk(
    (await new Office(test).clerk(Object.values(providerPermissions), { isSuperuser: true }))
      .client,
  );

/** OWASP API7: whoever may configure providers gets no way into the network of this server. */
describe('A provider that an administrator names', () => {
  let url: string;
  let drop: () => Promise<void>;
  let test: TestApp;
  let within: Server;
  let visitors = 0;

  beforeAll(async () => {
    ({ url, drop } = await withOwnDatabase('within'));
    test = await startTestApp({ environment: { DATABASE_URL: url } });
    within = createServer((socket) => {
      visitors++;
      socket.destroy();
    }).listen(0, '::');
    await once(within, 'listening');
  });
  afterAll(async () => {
    within.close();
    await test.close();
    await drop();
  });

  it.each([
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0x7f.1',
    '2130706433',
    '0.0.0.0',
    '[::]',
  ])('is not sought at %s, though something listens there', async (host) => {
    const { port } = within.address() as AddressInfo;
    const clerk = await deskOf(test);
    const issuer = `https://${host}:${String(port)}`;
    const { id } = (await clerk.add(someProvider({ kind: 'oidc', issuer }))).body;
    expectProblem(await clerk.try(id), 502, 'provider_unavailable');
    expect(await leadsTo(test, id)).toBeUndefined();
    expect(visitors).toBe(0);
  });
});

/** SECRET_KEYS are replaced in three steps (secret-keys): providers live through all of them, with a secret or none. */
describe('Providers, when the secret keys are replaced', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));
  const known = someProvider();
  const open = someProvider({ kind: 'oidc', issuer: 'https://id.example', clientSecret: null });
  let url: string;
  let drop: () => Promise<void>;
  let test: TestApp;

  beforeAll(async () => {
    ({ url, drop } = await withOwnDatabase('providers_keys'));
  });
  afterEach(() => test.close());
  afterAll(() => drop());

  const start = async (...keys: unknown[]) => {
    test = await startTestApp({ environment: { DATABASE_URL: url, SECRET_KEYS: keys.join(',') } });
    return test.app.get(ResealingService, { strict: false });
  };
  const statusOf = async (resealing: ResealingService) =>
    (await resealing.status()).find(({ column }) => column.table === 'social_providers');

  it('have their secrets sealed, and those that have none have nothing', async () => {
    const resealing = await start(older);
    const clerk = await deskOf(test);
    for (const each of [known, open]) expect((await clerk.add(each)).status).toBe(201);
    expect(await statusOf(resealing)).toMatchObject({ newest: 1, older: 0 });
  });

  it('are sealed anew', async () => {
    const resealing = await start(newer, older);
    expect(await statusOf(resealing)).toMatchObject({ newest: 0, older: 1 });
    expect(await resealing.reseal()).toBeGreaterThanOrEqual(1);
    expect(await statusOf(resealing)).toMatchObject({ newest: 1, older: 0 });
    expect(await resealing.reseal()).toBe(0);
    expect(await buttons(test)).toEqual(expect.arrayContaining([known.id, open.id]));
    expect(await leadsTo(test, known.id)).toBeDefined();
  });

  it('work on when the older one is dropped', async () => {
    await start(newer);
    expect(await buttons(test)).toEqual(expect.arrayContaining([known.id, open.id]));
    expect(await leadsTo(test, known.id)).toBeDefined();
  });

  it('of which one has a secret that no key opens leave the others be', async () => {
    await start(newer);
    const spoil = 'UPDATE social_providers SET sealed_client_secret = $2 WHERE id = $1';
    await behindItsBack(test, spoil, [known.id, randomBytes(64)]);
    expect(await buttons(test)).toEqual([open.id]);
    expect(test.logged.join('')).toContain(`The provider ${known.id} cannot be used`);
  });
});
