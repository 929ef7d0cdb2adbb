import { v7 as uuidv7 } from 'uuid';
import { PasswordService } from '../../src/passwords/password.service.js';
import { type UserRow, userRow } from '../../src/users/new-user.js';
import { User } from '../../src/users/user.entity.js';
import { Client } from './client.js';
import type { TestApp } from './test-app.js';

export const GOOD_PASSWORD = 'a violet rides the tram';

export interface MadeUser {
  readonly user: UserRow;
  readonly email: string;
  readonly password: string;
}

/** An address that no other test has. */
export const someEmail = (name = 'ann'): string => `${name}.${uuidv7()}@example.com`;

/** Makes what a story starts from; takes only what matters to it. */
export class Make {
  constructor(private readonly test: TestApp) {}

  get client(): Client {
    return new Client(this.test);
  }

  /** A user with a proved address, unless told otherwise. */
  async user(given: Partial<UserRow> = {}): Promise<MadeUser> {
    const passwords = this.test.app.get(PasswordService, { strict: false });
    const email = given.email ?? someEmail();
    const passwordHash = await passwords.hash(GOOD_PASSWORD);
    const row = userRow({ email, passwordHash, emailVerified: true }, this.test.clock.now());
    const user = { ...row, ...given };
    await this.test.database.getRepository(User).insert(user);
    return { user, email, password: GOOD_PASSWORD };
  }

  /** Somebody signed in. */
  async signedIn(
    given: Partial<UserRow> = {},
  ): Promise<MadeUser & { client: Client; token: string }> {
    const made = await this.user(given);
    const { body } = await this.client.login(made.email, made.password);
    return { ...made, token: body.accessToken, client: this.client.as(body.accessToken) };
  }
}
