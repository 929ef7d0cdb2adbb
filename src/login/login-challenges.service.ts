import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { OpaqueToken } from '../common/opaque-token.js';
import type { Carriage } from '../sessions/device.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { LoginChallenge } from './login-challenge.entity.js';
import type { Login } from './login-stage.js';

const PREFIX = 'ghl';
/** Seconds that there are for the second factor. */
export const CHALLENGE_TTL = 300;
const MOST_TRIES = 5;
/** Of one user at once; past it the oldest are over. */
const MOST = 50;

/** A login that waits for its second factor. */
export interface WaitingLogin {
  readonly id: string;
  readonly user: User;
  readonly methods: readonly string[];
  /** How its session is to be carried, as the first half asked. */
  readonly carriage: Carriage;
}

// Index: login_challenges_pkey
const LIVES = `id = $1 AND secret_hash = $2 AND expires_at > $3`;
const FIND = `SELECT * FROM login_challenges WHERE ${LIVES}`;
const TRY = `
  WITH tried AS (
    UPDATE login_challenges SET tries = tries + 1
     WHERE ${LIVES} AND tries < ${String(MOST_TRIES)} RETURNING *)
  SELECT * FROM tried`;

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly methods: string[];
  readonly credentials_changed_at: Date;
  readonly transport: NonNullable<Carriage['transport']>;
  readonly refresh_transport: NonNullable<Carriage['refreshTransport']>;
  readonly device_name: string | null;
}

/** Logins that wait for their second factor. The only place that queries `login_challenges`. */
@Injectable()
export class LoginChallenges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  async issue({ user, methods, device }: Login): Promise<OpaqueToken> {
    const token = OpaqueToken.issue(PREFIX);
    const { transport, refreshTransport, name: deviceName } = device;
    await this.dataSource.manager.insert(LoginChallenge, {
      id: token.id,
      userId: user.id,
      secretHash: token.hash,
      methods: [...methods],
      credentialsChangedAt: user.credentialsChangedAt,
      transport,
      refreshTransport,
      deviceName,
      tries: 0,
      expiresAt: this.clock.in(CHALLENGE_TTL),
    });
    // Index: login_challenges_user_id_idx
    await this.dataSource.query(
      `DELETE FROM login_challenges WHERE id IN
         (SELECT id FROM login_challenges WHERE user_id = $1 ORDER BY id DESC OFFSET $2)`,
      [user.id, MOST],
    );
    return token;
  }

  /** Undefined: there is none, or none any more. */
  find(text: string): Promise<WaitingLogin | undefined> {
    return this.ask(text, FIND);
  }

  /** Counts one try; undefined: there are no more. */
  tryOnce(text: string): Promise<WaitingLogin | undefined> {
    return this.ask(text, TRY);
  }

  /** Ends it; false: somebody else was first. */
  async spend(id: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(LoginChallenge, { id });
    return affected === 1;
  }

  private async ask(text: string, statement: string): Promise<WaitingLogin | undefined> {
    const token = OpaqueToken.parse(PREFIX, text);
    if (token === undefined) return undefined;
    const [row] = await this.dataSource.query<Row[]>(statement, [
      token.id,
      token.hash,
      this.clock.now(),
    ]);
    if (row === undefined) return undefined;
    const user = await this.users.findById(row.user_id);
    // What was proved first counts as long as the credentials are the same.
    const proved = row.credentials_changed_at.getTime();
    if (user?.credentialsChangedAt.getTime() !== proved) return undefined;
    return { id: row.id, user, methods: row.methods, carriage: carriageOf(row) };
  }
}

const carriageOf = ({ transport, refresh_transport, device_name }: Row): Carriage => ({
  transport,
  refreshTransport: refresh_transport,
  ...(device_name !== null && { deviceName: device_name }),
});
