import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import { PasswordService } from '../passwords/password.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { InvalidCredentials } from './login.errors.js';

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
    super({ usernameField: 'email', passwordField: 'password' });
  }

  async validate(email: string, password: string): Promise<User> {
    const found = await this.users.findByEmail(email);
    const { ok, upgradedHash } = await this.passwords.check(password, found?.passwordHash);
    if (!ok || found === undefined) throw new InvalidCredentials();
    if (upgradedHash !== undefined) {
      await this.users.upgradePasswordHash(found.user.id, found.passwordHash, upgradedHash);
    }
    return found.user;
  }
}
