import { type Authenticator, withAuthenticator } from '../support/authenticator.js';
import type { Client } from '../support/client.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const TWO_FACTOR = '/v1/auth/login/two-factor';

interface Waiting {
  readonly status: string;
  readonly challengeToken: string;
  readonly methods: readonly string[];
  readonly expiresIn: number;
}

describe('Signing in with an authenticator app', () => {
  let test: TestApp;
  let make: Make;
  let client: Client;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    client = make.client;
  });
  afterAll(() => test.close());

  const ann = async (): Promise<MadeUser & { app: Authenticator }> => {
    const made = await make.user();
    return { ...made, app: await withAuthenticator(test, made.user.id) };
  };
  const begin = async ({ email, password }: MadeUser): Promise<string> => {
    const { body } = await client.post<Waiting>('/v1/auth/login', { email, password });
    return body.challengeToken;
  };
  const complete = (challengeToken: string, code: string, more = {}) =>
    client.post<{ status: string; accessToken: string }>(TWO_FACTOR, {
      challengeToken,
      method: 'totp',
      code,
      ...more,
    });

  it('stops after the password, and says what is due', async () => {
    const { email, password } = await ann();
    const answer = await client.post<Waiting>('/v1/auth/login', { email, password });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: 'two_factor_required',
      challengeToken: expect.stringMatching(/^ghl_/) as string,
      methods: ['totp'],
      expiresIn: 300,
    });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('goes on with the code, to a session of level two', async () => {
    const her = await ann();
    const { status, body } = await complete(await begin(her), her.app.code());
    expect([status, body.status]).toEqual([200, 'authenticated']);
    const claims = JSON.parse(
      Buffer.from(body.accessToken.split('.')[1] ?? '', 'base64url').toString(),
    ) as object;
    expect(claims).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], acr: 'aal2' });
    expect((await client.as(body.accessToken).me()).status).toBe(200);
  });

  it('is refused with a wrong code, and goes on with the right one', async () => {
    const her = await ann();
    const challenge = await begin(her);
    expectProblem(await complete(challenge, her.app.wrongCode()), 401, 'invalid_code');
    expect((await complete(challenge, her.app.code())).status).toBe(200);
  });

  it('G01 takes a code once, whatever challenge it is shown with', async () => {
    const her = await ann();
    const code = her.app.code();
    expect((await complete(await begin(her), code)).status).toBe(200);
    expectProblem(await complete(await begin(her), code), 401, 'invalid_code');
    expect((await complete(await begin(her), her.app.nextCode())).status).toBe(200);
  });

  it('takes a challenge once, and for five minutes', async () => {
    const her = await ann();
    const challenge = await begin(her);
    expect((await complete(challenge, her.app.code())).status).toBe(200);
    expectProblem(await complete(challenge, her.app.nextCode()), 401, 'challenge_expired');
    const late = await begin(her);
    test.clock.forward(300);
    expectProblem(await complete(late, her.app.code()), 401, 'challenge_expired');
  });

  it('G13 opens nothing with the challenge alone', async () => {
    const challenge = await begin(await ann());
    expectProblem(await client.as(challenge).me(), 401, 'invalid_token');
  });

  it('forgets the passwords that she mistyped before', async () => {
    const her = await ann();
    const mistype = () => client.login(her.email, 'not it');
    const failures = async () => {
      const [row] = await test.database.query<{ failures: number }[]>(
        'SELECT failures FROM guess_counts ORDER BY expires_at DESC LIMIT 1',
      );
      return row?.failures;
    };
    await test.database.query('DELETE FROM guess_counts');
    await mistype();
    await mistype();
    const challenge = await begin(her);
    expect(await failures()).toBe(2); // the right password alone forgives nothing
    expect((await complete(challenge, her.app.code())).status).toBe(200);
    expect(await failures()).toBe(0);
  });

  it('G07 takes nobody else’s code, and no word on whose it is', async () => {
    const [her, him] = [await ann(), await ann()];
    expectProblem(await complete(await begin(her), him.app.code()), 401, 'invalid_code');
    const named = await complete(await begin(him), him.app.code(), { userId: her.user.id });
    expectProblem(named, 400, 'validation_failed');
  });
});
