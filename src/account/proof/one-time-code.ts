import { randomInt } from 'node:crypto';

/**
 * Eight digits. Whoever registers addresses that are not hers chooses how many: with six digits and five
 * guesses each, one in two hundred thousand would fall to her; with eight, one in twenty million.
 */
const DIGITS = 8;

export const newCode = (): string => String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');

/** As it is read: `1234 5678`. */
export const readable = (code: string): string => `${code.slice(0, 4)} ${code.slice(4)}`;

/** The digits of what somebody typed, or undefined: a space or a hyphen in the middle is allowed. */
export function parseCode(typed: string): string | undefined {
  const [, first, second] = /^(\d{4})[ -]?(\d{4})$/.exec(typed) ?? [];
  return first === undefined || second === undefined ? undefined : first + second;
}
