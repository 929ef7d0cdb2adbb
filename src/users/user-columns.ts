import type { EntityManager } from 'typeorm';
import { User } from './user.entity.js';

/** Columns that say who the account is and what an administrator made of it. */
export const kept = {
  id: () => 'id',
  email: () => 'email',
  emailCanonical: () => 'email_canonical',
  isStaff: () => 'is_staff',
  isSuperuser: () => 'is_superuser',
  isActive: () => 'is_active',
  createdAt: () => 'created_at',
};

/** Now, and later than before even within the millisecond. Takes `:now`. */
export const laterThanBefore = () =>
  `GREATEST(:now::timestamptz, credentials_changed_at + interval '1 millisecond')`;

/** Proved now, and with other credentials than before. Takes `:now`. */
export const provedAt = (now: Date) => ({
  emailVerifiedAt: now,
  updatedAt: now,
  credentialsChangedAt: laterThanBefore,
});

/** Each column at its default: what the earlier registration said is gone. */
export function everyColumnOf(manager: EntityManager): Record<string, () => string> {
  const { columns } = manager.dataSource.getMetadata(User);
  return Object.fromEntries(columns.map(({ propertyName }) => [propertyName, () => 'DEFAULT']));
}
