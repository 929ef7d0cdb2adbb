import type { FieldError } from '../common/failure.js';

/** What is wrong with a password, without the name of the field it came in. */
export type Complaint = Omit<FieldError, 'field'>;

/** A rule as it is told in advance, for `GET /v1/auth/password/policy`. */
export type RuleDescription = Complaint;

/**
 * What is known about the person, by attribute: `{ email, firstName, lastName, … }`.
 * Attributes that are missing or empty are passed over.
 */
export type PersonalAttributes = Readonly<Record<string, string | null | undefined>>;

/** One thing that a new password has to be. Passwords reach it in NFC, untrimmed. */
export abstract class PasswordRule {
  /** Stable, snake_case; Django's where Django has the rule. */
  abstract readonly code: string;

  /** After a complaint of this rule no later rule is asked: there is nothing that it could judge. */
  readonly conclusive: boolean = false;

  /** The complaint, or `undefined` when there is none. */
  abstract check(
    password: string,
    about: PersonalAttributes,
  ): Complaint | undefined | Promise<Complaint | undefined>;

  abstract describe(): RuleDescription;
}

/** The ordered list of rules. Every one is asked, in order, and all complaints are told at once. */
export const PASSWORD_RULES = Symbol('PASSWORD_RULES');
