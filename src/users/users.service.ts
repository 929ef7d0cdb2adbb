import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { NotFound } from '../common/failures.js';
import type { Caller } from '../common/http/caller.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import { canonicalEmail } from './canonical-email.js';
import { type NewUser, type UserRow, userRow } from './new-user.js';
import { everyColumnOf, kept, provedAt } from './user-columns.js';
import type { ProfileDto } from './user.dto.js';
import { User } from './user.entity.js';

/** What sign-in needs to know of a user. */
export interface UserWithSecret {
  readonly user: User;
  readonly passwordHash: string | null;
}

/** What a user may say of herself. */
type Profile = Pick<ProfileDto, keyof ProfileDto>;

/** Users, as rows. Beside this room nothing writes `users`. */
@Injectable()
export class UsersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly news: NewsService,
    private readonly audit: AuditService,
  ) {}

  /** Undefined also for what is no address at all, so that a lookup never widens. */
  async findByEmail(
    email: string,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<UserWithSecret | undefined> {
    const canonical = canonicalEmail(email.trim());
    if (canonical === undefined) return undefined;
    return this.findSecretOf('user.emailCanonical = :value', canonical, manager); // users_email_canonical_key
  }

  /** Undefined: there is no such user. */
  findWithSecret(id: string): Promise<UserWithSecret | undefined> {
    return this.findSecretOf('user.id = :value', id); // users_pkey
  }

  private async findSecretOf(
    where: string,
    value: string,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<UserWithSecret | undefined> {
    const user = await manager
      .getRepository(User)
      .createQueryBuilder('user')
      .addSelect('user.passwordHash')
      .where(where, { value })
      .getOne();
    return user ? { user, passwordHash: user.passwordHash } : undefined;
  }

  async findById(id: string): Promise<User | undefined> {
    const user = await this.dataSource
      .getRepository(User)
      .createQueryBuilder('user')
      .where('user.id = :id', { id })
      .getOne();
    return user ?? undefined;
  }

  /** A person. @throws NotFound also of a service account */
  async get(id: string): Promise<User> {
    const user = await this.findById(id);
    if (user === undefined || user.isServiceAccount) throw new NotFound();
    return user;
  }

  /** Undefined: the address is taken. */
  async create(manager: EntityManager, given: NewUser): Promise<UserRow | undefined> {
    const user = userRow(given, this.clock.now());
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(User)
      .values(user)
      .orIgnore() // users_email_canonical_key decides, whoever comes at the same time
      .returning('id')
      .execute();
    return (inserted.raw as unknown[]).length > 0 ? user : undefined;
  }

  /**
   * Puts a new registration in the place of one whose address nobody proved and that was never used: the
   * link that was mailed last confirms the password that was chosen last, and earlier links are dead.
   * Undefined: there is none to replace.
   */
  async replaceUnproved(manager: EntityManager, given: NewUser): Promise<UserRow | undefined> {
    const user = userRow(given, this.clock.now());
    const updated = await manager
      .createQueryBuilder()
      .update(User)
      .set({ ...everyColumnOf(manager), ...user, id: () => 'id', createdAt: () => 'created_at' })
      .where('email_canonical = :canonical', { canonical: user.emailCanonical })
      .andWhere('email_verified_at IS NULL AND last_login_at IS NULL AND is_active')
      .andWhere('NOT is_staff AND NOT is_superuser AND invited_at IS NULL')
      .returning('id, created_at')
      .execute();
    const [row] = updated.raw as { id: string; created_at: Date }[];
    if (row) this.announce(manager, row.id);
    return row && { ...user, id: row.id, createdAt: row.created_at };
  }

  /** Marks the address as proved if it is still this one. False: it is not, or the user is gone. */
  async markEmailVerified(
    manager: EntityManager,
    id: string,
    email: string,
    caller?: Caller,
  ): Promise<boolean> {
    const now = this.clock.now();
    const { affected } = await manager
      .createQueryBuilder()
      .update(User)
      .set({ emailVerifiedAt: now, updatedAt: now })
      .where('id = :id AND email_canonical = :email AND is_active', { id, email })
      .execute();
    if (affected !== 1) return false;
    const about = { actorId: id, subjectId: id, caller };
    await this.audit.record(manager, { action: 'email_verified', outcome: 'success', ...about });
    this.announce(manager, id);
    return true;
  }

  /**
   * Somebody who is at home at the address has proved it in another way than by the registration's own link:
   * by a reset, at a provider, by an invitation. Whoever registered it was perhaps not her, so the account
   * begins anew, with this password or none: names, sessions, links, keys, everything that was attached is
   * gone. What an administrator decided stays (staff, active). False: this address is not waiting for its
   * proof, or an administrator made the account, which nobody was in before; nothing is changed. The caller ends the sessions first, so that this node knows it, too.
   */
  async proveByOther(
    manager: EntityManager,
    id: string,
    email: string,
    passwordHash: string | null,
  ): Promise<boolean> {
    const now = this.clock.now();
    const { affected } = await manager
      .createQueryBuilder()
      .update(User)
      .set({ ...everyColumnOf(manager), ...kept, ...provedAt(now), passwordHash })
      .where('id = :id AND email_canonical = :email', { id, email, now })
      .andWhere('email_verified_at IS NULL AND invited_at IS NULL AND is_active')
      .execute();
    if (affected !== 1) return false;
    await manager.query('SELECT detach_from_user($1)', [id]);
    this.announce(manager, id);
    return true;
  }

  /** @throws NotFound */
  async updateProfile(id: string, profile: Profile): Promise<User> {
    if (Object.keys(profile).length === 0) return this.get(id);
    await this.dataSource
      .createQueryBuilder()
      .update(User)
      .set({ ...profile, updatedAt: this.clock.now() })
      .where('id = :id', { id })
      .execute();
    this.news.tell('users', id);
    return this.get(id);
  }

  /** Somebody who is not active is nobody: the caller ends the sessions in the same transaction. */
  async setActive(manager: EntityManager, id: string, isActive: boolean): Promise<void> {
    await manager
      .createQueryBuilder()
      .update(User)
      .set({ isActive, updatedAt: this.clock.now() })
      .where('id = :id', { id })
      .execute();
    this.announce(manager, id);
  }

  /** Other nodes hear it from the database; this one is not to answer before it knows. */
  private announce(manager: EntityManager, id: string): void {
    afterCommit(manager, () => {
      this.news.tell('users', id);
    });
  }
}
