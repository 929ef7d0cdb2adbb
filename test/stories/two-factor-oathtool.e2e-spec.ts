import { enroll } from '../support/authenticator.js';
import { Make } from '../support/make.js';
import { hasOathtool, oathtool } from '../support/oathtool.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** An authenticator that shares no line with this server: what both get wrong in the same way would not be seen else. */
(hasOathtool ? describe : describe.skip)('An authenticator of somebody else', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const ann = async () => {
    const her = await make.signedIn();
    return { ...her, ...(await enroll(test, her.client)) };
  };
  /** Signs in with what oathtool shows so many seconds from now. */
  const signIn = async (
    { email, password, secret }: Awaited<ReturnType<typeof ann>>,
    seconds: number,
  ) => {
    const first = await make.client.post<{ challengeToken: string }>('/v1/auth/login', {
      email,
      password,
    });
    const code = oathtool(secret, test.clock.millis() + seconds * 1000);
    const { challengeToken } = first.body;
    return make.client.post('/v1/auth/login/two-factor', { challengeToken, method: 'totp', code });
  };

  it('reads the secret from the set-up, and confirms it', async () => {
    const { client } = await make.signedIn();
    const { body } = await client.post<{ secret: string; otpauthUri: string }>(
      '/v1/users/me/two-factor/totp',
      {},
    );
    const scanned = new URL(body.otpauthUri).searchParams.get('secret') ?? '';
    const code = oathtool(scanned, test.clock.millis());
    const answer = await client.post('/v1/users/me/two-factor/totp/confirm', { code });
    expect(answer.status).toBe(200);
  });

  it('signs in with what it shows, time after time', async () => {
    const her = await ann();
    for (let i = 0; i < 10; i++) {
      test.clock.forward(30);
      expect((await signIn(her, 0)).status).toBe(200);
    }
  });

  it('G03 signs in with what it showed one step before, and not with what it shows otherwise', async () => {
    const her = await ann();
    test.clock.forward(90);
    for (const seconds of [-60, -90, 30, 60, 300]) {
      expectProblem(await signIn(her, seconds), 401, 'invalid_code');
    }
    expect((await signIn(her, -30)).status).toBe(200);
  });
});
