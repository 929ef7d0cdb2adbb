import { IdTokenIssuer } from '../support/id-tokens.js';
import { NativeApp } from '../support/native-app.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** How long jose remembers keys, in seconds, and how long it asks no second time for one that it does not know. */
const [REMEMBERED, COOLING] = [600, 30];

describe('The keys of a provider whose ID tokens apps hand in', () => {
  let provider: IdTokenIssuer;
  let test: TestApp;
  let app: NativeApp;
  const realNow = Date.now.bind(Date);

  beforeEach(async () => {
    provider = await IdTokenIssuer.start();
    test = await startTestApp({ environment: provider.environment('ACME') });
    app = new NativeApp(test, provider);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await test.close();
    await provider.close();
  });

  let ahead = 0;
  beforeEach(() => (ahead = 0));
  const later = (seconds: number) => {
    ahead += seconds * 1000;
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
  };

  it('are asked for once, however many come', async () => {
    for (let i = 0; i < 5; i++) expect((await app.signIn()).status).toBe(200);
    expect(provider.asked).toBe(1);
  });

  it('may change: a new one is asked for when it is met', async () => {
    expect((await app.signIn()).status).toBe(200);
    const former = await app.token();
    await provider.rotate('RS256', { keep: true });
    later(COOLING + 1);
    expect((await app.signIn()).status).toBe(200);
    expect((await app.show(former)).status).toBe(200);
    expect(provider.asked).toBe(2);
  });

  it('that are withdrawn prove nothing once the others are read', async () => {
    expect((await app.signIn()).status).toBe(200);
    await provider.rotate();
    const stolen = await app.token();
    await provider.rotate();
    later(REMEMBERED + 1 - 300);
    expect((await app.signIn()).status).toBe(200);
    expectProblem(await app.show(stolen), 400, 'provider_refused');
  });

  it('are not asked for again for each that nobody knows', async () => {
    expect((await app.signIn()).status).toBe(200);
    later(COOLING + 1);
    const made = Array.from({ length: 50 }, (_, i) =>
      provider.sign({ ...app.someone(), nonce: 'x' }, `unknown-${String(i)}`),
    );
    const tokens = await Promise.all(made);
    const answers = await Promise.all(tokens.map((idToken) => app.show({ idToken, nonce: 'x' })));
    for (const answer of answers) expectProblem(answer, 400, 'provider_refused');
    expect(provider.asked).toBe(2);
  });

  it('may be of elliptic curves: what was shown is over also when its signature is turned round', async () => {
    await provider.rotate('ES256');
    const { idToken, nonce } = await app.token();
    expect((await app.show({ idToken, nonce })).status).toBe(200);
    const turned = turnedRound(idToken);
    expect(turned).not.toBe(idToken);
    expectProblem(await app.show({ idToken: turned, nonce }), 400, 'provider_refused');
  });
});

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Of a signature (r, s) on P-256 (r, n - s) proves the same. */
function turnedRound(idToken: string): string {
  const at = idToken.lastIndexOf('.') + 1;
  const bytes = Buffer.from(idToken.slice(at), 'base64url');
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const other = Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex');
  return idToken.slice(0, at) + Buffer.concat([bytes.subarray(0, 32), other]).toString('base64url');
}
