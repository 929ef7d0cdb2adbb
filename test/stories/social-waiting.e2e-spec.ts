import { Client } from '../support/client.js';
import { HostileProvider } from '../support/hostile-provider.js';
import { Make } from '../support/make.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WAITING = 50;
const ROUNDS = 9;

describe('While 50 wait for a provider that never answers', () => {
  let silent: HostileProvider;
  let other: HostileProvider;
  let test: TestApp;
  let others: SocialVisits;
  let person: { readonly email: string; readonly password: string };
  let landed: Promise<unknown>[] = [];
  let hasLanded = false;

  const password = async () => {
    const { email, password } = person;
    expect((await new Client(test).login(email, password)).status).toBe(200);
  };
  const provider = async () => {
    const { location, cookie } = await others.begin();
    const { session } = await others.comeBack(
      other.consent(location, others.someone().sub),
      cookie,
    );
    expect(session).toBeDefined();
  };
  const ways: readonly (readonly [string, () => Promise<void>])[] = [
    ['a password', password],
    ['another provider', provider],
  ];
  /** Milliseconds, of which half took less. */
  const usual = async (signIn: () => Promise<void>) => {
    const took: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const start = performance.now();
      await signIn();
      took.push(performance.now() - start);
    }
    return took.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  };
  const alone = new Map<string, number>();

  beforeAll(async () => {
    [silent, other] = [await HostileProvider.start('acme'), await HostileProvider.start('other')];
    test = await startTestApp({ environment: { ...silent.environment, ...other.environment } });
    others = new SocialVisits(test, other, 'other');
    person = await new Make(test).user();
    for (const [way, signIn] of ways) {
      await signIn();
      alone.set(way, await usual(signIn));
    }
    const visits = new SocialVisits(test, silent);
    const begun = await Promise.all(Array.from({ length: WAITING }, () => visits.begin()));
    silent.lies = { pages: { token: () => undefined } };
    landed = begun.map(async ({ location, cookie }) => {
      await visits.comeBack(silent.consent(location, visits.someone().sub), cookie);
      hasLanded = true;
    });
    for (let i = 0; silent.times('token') < WAITING && i < 200; i++) {
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(silent.times('token')).toBe(WAITING);
  });
  afterAll(async () => {
    await Promise.all(landed);
    await test.close();
    await silent.close();
    await other.close();
  });

  it.each(ways)('a sign-in with %s takes as long as before', async (way, signIn) => {
    const took = await usual(signIn);
    expect(hasLanded).toBe(false);
    expect(took).toBeLessThan(2 * (alone.get(way) ?? 0) + 25);
  });
});
