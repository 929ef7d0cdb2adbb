import type { PermissionName } from '../../src/access/permission-name.js';
import type { LoginResultDto } from '../../src/login/login.dto.js';
import { type Authenticator, withAuthenticator } from './authenticator.js';
import type { Answer, Client } from './client.js';
import { behindItsBack } from './heard.js';
import { Make, type MadeUser } from './make.js';
import type { TestApp } from './test-app.js';

/** How a sign-in ended, whichever way. */
export type Ended = LoginResultDto & { readonly challengeToken?: string };

/** Marks what demands second factors, as somebody with psql would: other stories end it with `nothing`. */
export const marksOf = (test: TestApp) => ({
  group: (id: string, marked = true) =>
    behindItsBack(test, 'UPDATE groups SET requires_two_factor = $2 WHERE id = $1', [id, marked]),
  permission: (name: PermissionName, marked = true) =>
    behindItsBack(test, 'UPDATE permissions SET requires_two_factor = $2 WHERE name = $1', [
      name,
      marked,
    ]),
  nothing: async () => {
    await behindItsBack(
      test,
      'UPDATE groups SET requires_two_factor = false WHERE requires_two_factor',
    );
    await behindItsBack(
      test,
      'UPDATE permissions SET requires_two_factor = false WHERE requires_two_factor',
    );
  },
});

/** What an access token says. */
export const claimsOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;

/** The whole way in: password, then the code of her app. */
export async function signInWithCode(
  test: TestApp,
  { email, password }: Pick<MadeUser, 'email' | 'password'>,
  app: Authenticator,
): Promise<Answer<LoginResultDto>> {
  const { client } = new Make(test);
  const { body } = await client.post<Ended>('/v1/auth/login', { email, password });
  return client.post<LoginResultDto>('/v1/auth/login/two-factor', {
    challengeToken: body.challengeToken,
    method: 'totp',
    code: app.nextCode(),
  });
}

/** Somebody who has an authenticator app, and has used it to sign in. */
export async function signedInWithCode(
  test: TestApp,
  given: Parameters<Make['user']>[0] = {},
): Promise<MadeUser & { readonly client: Client; readonly app: Authenticator }> {
  const made = await new Make(test).user(given);
  const app = await withAuthenticator(test, made.user.id);
  const { status, body } = await signInWithCode(test, made, app);
  expect({ status, ended: body.status }).toEqual({ status: 200, ended: 'authenticated' });
  return { ...made, app, client: new Make(test).client.as(body.accessToken ?? '') };
}
