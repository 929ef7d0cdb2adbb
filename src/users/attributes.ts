import type { User } from './user.entity.js';

/** What a new password is compared with. A field of the team's own that people know of belongs here. */
export function attributesOf(user: User): Readonly<Record<string, string | null>> {
  const { email, firstName, lastName, phoneNumber, organization, timezone } = user;
  return { email, firstName, lastName, phoneNumber, organization, timezone };
}
