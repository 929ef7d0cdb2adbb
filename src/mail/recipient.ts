/** What a mail knows of the person it goes to. */
export interface Recipient {
  readonly to: string;
  /**
   * Her language (`user.locale`; null: that of the service), or what the request wishes
   * (`caller.languages`) where the address has no account. Never the latter where it has one.
   */
  readonly locale: string | null | readonly string[];
  /** In which times are told; UTC by default. */
  readonly timezone?: string | null;
  /** Nobody has proved that it is hers: what is mailed there must not use up what somebody else may be told. */
  readonly unproved?: boolean;
}

/** As much of a user as a mail to her takes. */
interface Addressee {
  readonly email: string;
  readonly locale: string | null;
  readonly timezone?: string | null;
  readonly emailVerifiedAt?: Date | null;
}

/** For a mail to somebody who has an account: `{ ...recipientOf(user), template, params }`. */
export function recipientOf({
  email,
  locale,
  timezone = null,
  emailVerifiedAt,
}: Addressee): Recipient {
  return { to: email, locale, timezone, unproved: emailVerifiedAt === null };
}
