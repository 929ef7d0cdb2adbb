import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-local';
import { AuditService } from '../audit/audit.service.js';
import { callerOf } from '../common/http/caller.js';
import { PasswordService } from '../passwords/password.service.js';
import type { Attempt } from '../rate-limits/attempt.js';
import { canonicalEmail } from '../users/canonical-email.js';
import { UserCredentialsService } from '../users/user-credentials.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService, type UserWithSecret } from '../users/users.service.js';
import type { LoginDto } from './login.dto.js';
import { InvalidCredentials } from './login.errors.js';
import { SignInWatch } from './sign-in-watch.service.js';

/** A request whose body was checked, and which knows when its caller hangs up. */
export interface LoginRequest extends Pick<FastifyRequest, 'ip' | 'headers' | 'id'> {
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
    private readonly credentials: UserCredentialsService,
    private readonly passwords: PasswordService,
    private readonly audit: AuditService,
    private readonly watch: SignInWatch,
  ) {
    super({ usernameField: 'email', passwordField: 'password', passReqToCallback: true });
  }

  /** Takes both from the body alone: passport-local would look into the address, too. */
  async validate(request: LoginRequest): Promise<User> {
    const { body, abandoned } = request;
    const { email, password } = body;
    const found = await this.users.findByEmail(email);
    const { ok, upgradedHash } = await this.passwords.check(
      password,
      found?.passwordHash,
      abandoned,
    );
    if (!ok || found === undefined) {
      this.noteFailure(request, found);
      throw new InvalidCredentials();
    }
    if (upgradedHash !== undefined) {
      await this.credentials.upgradePasswordHash(found.user.id, found.passwordHash, upgradedHash);
    }
    this.watch.succeeded();
    return found.user;
  }

  /** People type passwords where the address belongs: of one that nobody has, only a pseudonym is kept. */
  private noteFailure(request: LoginRequest, found: UserWithSecret | undefined): void {
    const { email } = request.body;
    this.watch.failed();
    const details = found
      ? { reason: found.passwordHash === null ? 'no_password' : 'wrong_password' }
      : {
          reason: 'unknown_account',
          attempted: this.audit.pseudonym(canonicalEmail(email) ?? email),
        };
    this.audit.note({
      action: 'sign_in',
      outcome: 'failure',
      subjectId: found?.user.id,
      caller: callerOf(request),
      details,
    });
  }
}
