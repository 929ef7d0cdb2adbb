import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import { PasswordService } from '../passwords/password.service.js';
import type { Attempt } from '../rate-limits/attempt.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import type { LoginDto } from './login.dto.js';
import { InvalidCredentials } from './login.errors.js';

/** A request whose body was checked, and which knows when its caller hangs up. */
export interface LoginRequest {
  readonly body: LoginDto;
  abandoned?: AbortSignal;
  /** What was paid for it before anything was tested. */
  attempt?: Attempt;
}

/**
 * Proves e-mail and password. The same work and the same answer whether there is no such account, one
 * without a password, a deactivated one, one with an older hash, or a wrong password (ASVS 6.3.8).
 */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy, 'local') {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordService,
  ) {
    super({ usernameField: 'email', passwordField: 'password', passReqToCallback: true });
  }

  /** Takes both from the body alone: passport-local would look into the address, too. */
  async validate({ body, abandoned }: LoginRequest): Promise<User> {
    const { email, password } = body;
    const found = await this.users.findByEmail(email);
    const { ok, upgradedHash } = await this.passwords.check(
      password,
      found?.passwordHash,
      abandoned,
    );
    if (!ok || found === undefined) throw new InvalidCredentials();
    if (upgradedHash !== undefined) {
      await this.users.upgradePasswordHash(found.user.id, found.passwordHash, upgradedHash);
    }
    return found.user;
  }
}
