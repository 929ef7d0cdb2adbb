import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostileProvider } from '../support/hostile-provider.js';
import { someEmail } from '../support/make.js';
import { removeProgram } from '../support/server-process.js';
import { call, TwoNodes } from './two-nodes.js';

jest.setTimeout(180_000);

const ISSUER = 'https://id.gatehouse.dev';
const OFFICE = '/v1/social-providers';
const WAYS = '/v1/auth/social/acme';
const PAGE = 'http://localhost:3000/docs';
const [A, B] = [0, 1];

describe('A provider that an administrator configures, on two nodes', () => {
  let provider: HostileProvider;
  let fleet: TwoNodes;
  let admin: { readonly authorization: string };

  beforeAll(async () => {
    provider = await HostileProvider.start('acme', ISSUER);
    fleet = new TwoNodes({
      NODE_OPTIONS: `--require ${resolve(__dirname, 'elsewhere.cjs')}`,
      REQUESTS_PER_ADDRESS: '10000',
      ELSEWHERE: `id.gatehouse.dev=${String(provider.port)}`,
    });
    await fleet.start();
    const { userId, refreshToken } = await fleet.signedIn('token');
    await fleet.database.query('UPDATE users SET is_superuser = true WHERE id = $1', [userId]);
    const { body } = await fleet.post(A, 'refresh', { refreshToken });
    admin = { authorization: `Bearer ${body['accessToken'] ?? ''}` };
  });
  afterAll(async () => {
    await fleet.stop();
    await provider.close();
    removeProgram();
  });
  afterEach(async () => {
    await call('DELETE', `${url(A)}${OFFICE}/acme`, admin);
    await until(async () => !(await isButton(B)));
  });

  const url = (node: number) => fleet.urls[node] ?? '';
  const configure = async (given: object = {}) => {
    const wish = { id: 'acme', kind: 'oidc', name: 'Acme', issuer: ISSUER, clientId: 'gatehouse' };
    const clientSecret = provider.secret;
    const body = { ...wish, clientSecret, ...given };
    expect((await call('POST', url(A) + OFFICE, admin, body)).status).toBe(201);
  };
  const change = async (changes: object) => {
    const { status } = await call('PATCH', `${url(A)}${OFFICE}/acme`, admin, changes);
    expect(status).toBe(200);
  };
  const isButton = async (node: number) => {
    const answer = await fetch(`${url(node)}/v1/auth/social/providers`);
    return ((await answer.json()) as { items: unknown[] }).items.length > 0;
  };
  /** Milliseconds until it holds, or it is given up. */
  const until = async (holds: () => Promise<boolean>) => {
    const start = performance.now();
    while (!(await holds()) && performance.now() - start < 5000) await sleep(1);
    return performance.now() - start;
  };
  const visit = (node: number, path: string, cookie = '') =>
    fetch(url(node) + path, { redirect: 'manual', headers: { cookie } });

  /** Somebody who has been at the provider, and is not back yet. */
  const gone = async () => {
    const sub = randomBytes(8).toString('hex');
    provider.people.set(sub, { email: someEmail('eve'), email_verified: true });
    const answer = await visit(A, `${WAYS}/authorize?redirectTo=/docs`);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return { back: provider.consent(answer.headers.get('location') ?? '', sub), cookie };
  };
  const comesBackTo = async (node: number, { back, cookie }: { back: URL; cookie: string }) => {
    const { status, headers } = await visit(node, back.pathname + back.search, cookie);
    const session = headers.getSetCookie().find((each) => each.startsWith('session='));
    return { status, location: headers.get('location'), session: session?.split(';')[0] };
  };

  it('lets people begin at the one and end at the other, where they were never before', async () => {
    await configure();
    const { location, session = '' } = await comesBackTo(B, await gone());
    expect(location).toBe(PAGE);
    for (const node of [A, B]) {
      expect((await fleet.me(node, { cookie: session })).status).toBe(200);
    }
  });

  it('is asked by the other with the secret that it has now, within a second', async () => {
    await configure();
    const ended = (location: string) => async () =>
      (await comesBackTo(B, await gone())).location === location;
    const { secret } = provider;
    for (const [clientSecret, location] of [
      ['what nobody knows', `${PAGE}?error=provider_refused`],
      [secret, PAGE],
    ] as const) {
      await change({ clientSecret });
      expect(await until(ended(location))).toBeLessThan(1000);
    }
  });

  it('that is switched off lets nobody end at the other, and is asked nothing', async () => {
    await configure();
    const way = await gone();
    await change({ isEnabled: false });
    await until(async () => !(await isButton(B)));
    const before = provider.asked.length;
    expect(await comesBackTo(B, way)).toEqual({ status: 404, location: null, session: undefined });
    expect((await visit(B, `${WAYS}/authorize?redirectTo=/docs`)).status).toBe(404);
    expect(provider.asked).toHaveLength(before);
  });

  it('is switched off and on at the other within a second, 100 times', async () => {
    await configure();
    const late: number[] = [];
    for (let round = 0; round < 100; round++) {
      const isEnabled = round % 2 === 1;
      await change({ isEnabled });
      late.push(await until(async () => (await isButton(B)) === isEnabled));
    }
    expect(Math.max(...late)).toBeLessThan(1000);
  });
});
