import { Check, Column, Index, PrimaryColumn } from 'typeorm';

/** Service accounts have no address; NULL in the table, so that none finds them, and '' here. */
const noneIsEmpty = {
  from: (stored: string | null) => stored ?? '',
  to: (address: string) => address || null,
};

/**
 * What authentication needs of a user. The team's own `User` extends it; see `docs/your-user-model.md`.
 * The constraints keep the promises of `canonicalEmail` even against hand-written SQL.
 */
@Check(
  'users_email_canonical_shape',
  `"email_canonical" ~ '^[a-z0-9!#$%&''*+/=?^_\`{|}~.-]+@[a-z0-9.-]+$'`,
)
@Check('users_deletion', `"deletion_due_at" IS NULL OR ("left_at" IS NOT NULL AND NOT "is_active")`)
@Index('users_deletion_due', ['deletionDueAt'], { where: 'deletion_due_at IS NOT NULL' })
@Index('users_superusers', ['id'], { where: 'is_superuser' })
@Index('users_staff', ['id'], { where: 'is_staff' })
@Index('users_inactive', ['id'], { where: 'NOT is_active' })
@Check('users_locale', `"locale" ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$'`)
@Check(
  'users_service_account',
  `CASE WHEN "is_service_account" THEN num_nonnulls("email", "email_canonical", "password_hash", "email_verified_at", "left_at") = 0 AND NOT "is_staff" AND NOT "is_superuser" ELSE num_nonnulls("email", "email_canonical") = 2 END`,
)
@Index('users_service_accounts', ['id'], { where: 'is_service_account' })
@Check(
  'users_email_canonical_of_email',
  `"email" ~ '[^\\x01-\\x7f]' OR lower("email") = "email_canonical"`,
)
export abstract class AbstractUser {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  /** As it was typed; where mail goes. Empty: a service account. */
  @Column('varchar', { length: 254, nullable: true, transformer: noneIsEmpty })
  email!: string;

  /** The sign-in name: unique, see `canonicalEmail`. */
  @Column('varchar', { length: 254, nullable: true, transformer: noneIsEmpty })
  emailCanonical!: string;

  /** When the owner proved the address; null: not yet. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  emailVerifiedAt!: Date | null;

  /**
   * When an administrator made the account; null: its owner registered. What an administrator made nobody registers
   * over, and who proves the address finds it as it was made.
   */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  invitedAt!: Date | null;

  /** Django's envelope `algorithm$…`; null: no password, so none ever matches. */
  @Column('varchar', { length: 255, nullable: true, select: false })
  passwordHash!: string | null;

  /** When a way in last changed; an upgraded hash is no change. */
  @Column({ type: 'timestamptz', precision: 3 })
  credentialsChangedAt!: Date;

  @Column('varchar', { length: 150, default: '' })
  firstName!: string;

  @Column('varchar', { length: 150, default: '' })
  lastName!: string;

  /** The language of her mails (BCP 47), `de-AT`; null: that of the service. */
  @Column('varchar', { length: 35, nullable: true })
  locale!: string | null;

  /** False instead of deleting: such a user is nobody. */
  @Column('boolean', { default: true })
  isActive!: boolean;

  /** When the owner closed it; null: open, or closed by an administrator, whose word she cannot undo. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  leftAt!: Date | null;

  /** From when on a second factor is demanded of her who falls under the policy. Null: it did not concern her yet. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  twoFactorDueAt!: Date | null;

  /** When it is to be deleted for good; until then the owner may undo it. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deletionDueAt!: Date | null;

  /** Works here; policies may ask more of staff. Gives no permission by itself. */
  @Column('boolean', { default: false })
  isStaff!: boolean;

  /** Holds every permission without being given it. */
  @Column('boolean', { default: false })
  isSuperuser!: boolean;

  /** A principal for servers: never a superuser or staff, without address or password; what it comes in with are API keys. */
  @Column('boolean', { default: false })
  isServiceAccount!: boolean;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lastLoginAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
