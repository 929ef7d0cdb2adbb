import type { DataSource } from 'typeorm';
import { KeyRing } from '../../src/config/key-ring.js';
import { readSettings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/data-source.js';
import { RefreshToken } from '../../src/sessions/refresh-token.js';
import { newSession } from '../../src/sessions/session-row.js';
import { Session } from '../../src/sessions/session.entity.js';
import { userRow } from '../../src/users/new-user.js';
import { User } from '../../src/users/user.entity.js';
import { someEmail } from '../support/make.js';
import { olderHash } from '../support/older-hash.js';

/** How the invariants tell whom the tests have put there from whom the program has. */
export const CAST = 'Cast';

/** Somebody who is signed in, by a cookie and by a refresh token. */
export interface Member {
  readonly id: string;
  readonly email: string;
  readonly cookie: string;
  /** The refresh token that is to be shown next. */
  next: string;
}

/** Who is there before the load begins, written as the server writes it, without the cost of hashing. */
export class Cast {
  private constructor(
    private readonly source: DataSource,
    private readonly ring: KeyRing,
  ) {}

  static async on(url: string, key: Buffer): Promise<Cast> {
    const source = await createDataSource(readSettings({}), url).initialize();
    return new Cast(source, new KeyRing([key]));
  }

  async member(given: Partial<User> = {}): Promise<Member> {
    const now = new Date();
    const row = userRow(
      { email: someEmail(), passwordHash: olderHash(), emailVerified: true, firstName: CAST },
      now,
    );
    const user = { ...row, ...given };
    await this.source.getRepository(User).insert(user);
    const cookie = await this.cookie(user.id);
    return { id: user.id, email: user.email, cookie, next: await this.refreshToken(user.id) };
  }

  members(count: number): Promise<Member[]> {
    return Promise.all(Array.from({ length: count }, () => this.member()));
  }

  async cookie(userId: string): Promise<string> {
    return `session=${(await this.session(userId, 'cookie')).reveal()}`;
  }

  async refreshToken(userId: string): Promise<string> {
    return RefreshToken.of(await this.session(userId, 'token'), this.ring).reveal();
  }

  private async session(userId: string, transport: 'cookie' | 'token') {
    const device = { ip: null, userAgent: null, name: null, refreshTransport: 'body' } as const;
    const { row, secret } = newSession(
      { id: userId },
      { methods: ['pwd'] },
      { ...device, transport },
      readSettings({}),
      new Date(),
    );
    await this.source.getRepository(Session).insert(row as never);
    return secret;
  }

  async end(): Promise<void> {
    await this.source.destroy();
  }
}
