import type { Problem } from '../../src/common/problem.js';
import type {
  PasskeyCreationDto,
  PasskeyRequestDto,
} from '../../src/two-factor/passkeys/passkey.dto.js';
import type { Answer, Client } from './client.js';
import { Make, type MadeUser } from './make.js';
import {
  type CredentialJson,
  SoftwareAuthenticator,
  type Twist,
} from './software-authenticator.js';
import type { TestApp } from './test-app.js';

export const PASSKEYS = '/v1/users/me/two-factor/passkeys';

export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly lastUsedAt: string | null;
  readonly backedUp: boolean;
  readonly canSignInAlone: boolean;
  readonly transports: readonly string[];
  readonly recoveryCodes?: readonly string[];
}

export interface LoggedIn {
  readonly status: string;
  readonly accessToken: string;
  readonly challengeToken: string;
  readonly methods: readonly string[];
}

/** Somebody who has a passkey and is signed in, in the session in which she registered it. */
export interface PasskeyOwner extends MadeUser {
  readonly client: Client;
  readonly authenticator: SoftwareAuthenticator;
  readonly passkey: PasskeyView;
}

export type LoginTry = Answer<LoggedIn & Omit<Problem, 'status'>>;

/** What pages do with passkeys. */
export class PasskeyPage {
  readonly make: Make;

  constructor(readonly test: TestApp) {
    this.make = new Make(test);
  }

  async creation(client: Client): Promise<PasskeyCreationDto> {
    const { status, body } = await client.post<PasskeyCreationDto>(`${PASSKEYS}/options`);
    expect(status).toBe(200);
    return body;
  }

  add(client: Client, credential: unknown, name = 'A key'): Promise<Answer<PasskeyView & Problem>> {
    return client.post(PASSKEYS, { name, credential });
  }

  /** Somebody new who registers a passkey with such an authenticator. */
  async owner(traits: Twist = {}): Promise<PasskeyOwner> {
    const made = await this.make.signedIn();
    const authenticator = new SoftwareAuthenticator(traits);
    const credential = authenticator.create(await this.creation(made.client));
    const { status, body: passkey } = await this.add(made.client, credential);
    expect(status).toBe(201);
    return { ...made, authenticator, passkey };
  }

  async request(): Promise<PasskeyRequestDto> {
    const { body } = await this.make.client.post<PasskeyRequestDto>('/v1/auth/passkey/options');
    return body;
  }

  signIn(assertion: unknown, more: object = {}): Promise<LoginTry> {
    return this.make.client.post('/v1/auth/passkey', { assertion, ...more });
  }

  /** The whole ceremony of signing in with a passkey alone. */
  async signInWith(authenticator: SoftwareAuthenticator, twist?: Twist): Promise<LoginTry> {
    return this.signIn(authenticator.get(await this.request(), twist));
  }

  /** The password is right, and the passkey is due. */
  async begin({ email, password }: MadeUser): Promise<string> {
    const { body } = await this.make.client.post<LoggedIn>('/v1/auth/login', { email, password });
    return body.challengeToken;
  }

  async factorRequest(challengeToken: string): Promise<PasskeyRequestDto> {
    const { status, body } = await this.make.client.post<PasskeyRequestDto>(
      '/v1/auth/login/two-factor/passkey-options',
      { challengeToken },
    );
    expect(status).toBe(200);
    return body;
  }

  complete(challengeToken: string, assertion: CredentialJson): Promise<LoginTry> {
    const shown = { challengeToken, method: 'passkey', assertion };
    return this.make.client.post('/v1/auth/login/two-factor', shown);
  }

  /** The whole second half. */
  async completeWith(
    challengeToken: string,
    authenticator: SoftwareAuthenticator,
    twist?: Twist,
  ): Promise<LoginTry> {
    const options = await this.factorRequest(challengeToken);
    return this.complete(challengeToken, authenticator.get(options, twist));
  }
}

export const claimsOf = (accessToken: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
