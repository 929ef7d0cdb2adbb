import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Settings } from '../config/settings.js';
import { lockUser } from '../users/lock-user.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { SocialAccountsService } from './accounts/social-accounts.service.js';
import { ArrivalParts } from './arrival-parts.service.js';
import { type Arrival, Overtaken } from './arrival.js';
import type { Identity } from './providers/social-provider.js';
import {
  EmailRequired,
  EmailUnverified,
  SignupClosed,
  SocialAccountExists,
} from './social.errors.js';
import { type Situation, type Verdict, whoseIsIt } from './whose-is-it.js';

/** Finds out, or decides, whose account somebody signs in to who comes from a provider. */
@Injectable()
export class ArrivalService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly accounts: SocialAccountsService,
    private readonly parts: ArrivalParts,
    private readonly settings: Settings,
  ) {}

  /**
   * In one transaction: an account with its identity, or nothing.
   *
   * @throws SocialAccountExists, SignupClosed, EmailRequired, EmailUnverified
   */
  async whose(arrival: Arrival): Promise<User> {
    try {
      return await this.decide(arrival);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      return this.decide(arrival);
    }
  }

  private async decide(arrival: Arrival): Promise<User> {
    const id = await this.dataSource.transaction(async (manager) => {
      const hers = await this.idOf(manager, arrival);
      await this.accounts.keepTokens(manager, arrival);
      return hers;
    });
    return this.users.get(id);
  }

  private async idOf(manager: EntityManager, arrival: Arrival): Promise<string> {
    const known = await this.accounts.use(manager, arrival.identity);
    if (known !== undefined) return known;
    const found = await this.holderOf(manager, arrival.identity);
    // Who came a moment earlier with the same identity may have made that very account.
    const meanwhile = found && (await this.accounts.use(manager, arrival.identity));
    if (meanwhile !== undefined) return meanwhile;
    const verdict = whoseIsIt(situationOf(arrival.identity, found), this.settings.social);
    return this.carryOut(manager, verdict, arrival, found);
  }

  /** Who has the address that the provider has verified, and stays as she is until this is over. */
  private async holderOf(manager: EntityManager, identity: Identity): Promise<User | undefined> {
    if (identity.email === undefined || !identity.emailVerified) return undefined;
    const found = await this.users.findByEmail(identity.email, manager);
    const locked = found && (await lockUser(manager, found.user.id));
    if (found && locked?.user.emailCanonical !== found.user.emailCanonical) throw new Overtaken();
    return locked?.user;
  }

  private carryOut(
    manager: EntityManager,
    verdict: Verdict,
    arrival: Arrival,
    found: User | undefined,
  ): Promise<string> {
    if (verdict === 'create') return this.parts.create(manager, arrival);
    if (verdict === 'take_over') return this.parts.takeOver(manager, arrival, found);
    if (verdict === 'link') return this.parts.link(manager, arrival, found);
    throw new REFUSALS[verdict]();
  }
}

const REFUSALS = {
  sign_in: SocialAccountExists,
  account_exists: SocialAccountExists,
  signup_closed: SignupClosed,
  email_required: EmailRequired,
  email_unverified: EmailUnverified,
} as const;

const situationOf = (identity: Identity, found: User | undefined): Situation => ({
  identity: 'unknown',
  email: identity.email === undefined ? 'none' : identity.emailVerified ? 'verified' : 'unverified',
  account: found === undefined ? 'none' : stateOf(found),
});

function stateOf({ isActive, emailVerifiedAt, invitedAt }: User): Situation['account'] {
  if (!isActive) return 'inactive';
  if (emailVerifiedAt !== null) return 'proved';
  return invitedAt === null ? 'registered' : 'invited';
}
