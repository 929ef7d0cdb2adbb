import { v7 as uuidv7 } from 'uuid';
import type { AbstractUser } from './abstract-user.js';
import { canonicalEmail } from './canonical-email.js';
import type { ProfileDto } from './user.dto.js';
import type { User } from './user.entity.js';

/** What a user begins with; everything else has a safe default. */
export interface NewUser extends ProfileDto {
  readonly email: string;
  readonly passwordHash: string | null;
  readonly emailVerified?: boolean;
  /** By an administrator. */
  readonly invited?: boolean;
  readonly isStaff?: boolean;
  readonly isSuperuser?: boolean;
}

/** What the database is told of a new user. The team's own columns begin with their defaults. */
export type UserRow = Pick<User, keyof AbstractUser> & Partial<Pick<User, keyof User>>;

/** A row of its own. @throws if the address is none: the caller should have refused it. */
export function userRow(
  { emailVerified = false, invited = false, ...given }: NewUser,
  now: Date,
): UserRow {
  const emailCanonical = canonicalEmail(given.email);
  if (emailCanonical === undefined) throw new Error('Not an e-mail address');
  return {
    ...beginning(now),
    ...given,
    emailCanonical,
    emailVerifiedAt: emailVerified ? now : null,
    invitedAt: invited ? now : null,
  };
}

/** The row of a service account, which is called by its name wherever users are named. */
export const serviceRow = (name: string, now: Date): UserRow => ({
  ...beginning(now),
  isServiceAccount: true,
  firstName: name,
  email: '',
  emailCanonical: '',
  passwordHash: null,
});

const beginning = (now: Date) => ({
  id: uuidv7({ msecs: now.getTime() }),
  firstName: '',
  lastName: '',
  locale: null,
  isStaff: false,
  isSuperuser: false,
  isServiceAccount: false,
  emailVerifiedAt: null,
  invitedAt: null,
  credentialsChangedAt: now,
  isActive: true,
  leftAt: null,
  deletionDueAt: null,
  twoFactorDueAt: null,
  lastLoginAt: null,
  createdAt: now,
  updatedAt: now,
});
