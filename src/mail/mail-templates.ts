/**
 * Every mail that is sent, and what its two files in `templates/` are given. Nothing that a stranger
 * typed belongs here: a mail to an unproved address must not carry somebody else's words.
 */
export const mailTemplates = {
  /** `link`: where the address is confirmed; `token`: the bare token in it; `expiresIn`: "24 hours". */
  'verify-email': ['link', 'token', 'expiresIn'],
  'already-registered': [],
  'session-stolen': [],
} as const;

export type MailTemplate = keyof typeof mailTemplates;

/** The parameters of each template; `product` is what the service calls itself. */
export type MailParams = {
  readonly [T in MailTemplate]: Readonly<Record<(typeof mailTemplates)[T][number], string>> & {
    readonly product?: string;
  };
};

/** A mail as a caller asks for it: a wrong template or parameter does not compile. */
export type Mail = {
  readonly [T in MailTemplate]: {
    readonly to: string;
    readonly template: T;
    readonly params: MailParams[T];
  };
}[MailTemplate];

/** `86400` → "24 hours", `5400` → "90 minutes": for a template's `expiresIn`. */
export function inWords(seconds: number): string {
  const [size, unit] =
    seconds >= 172_800 && seconds % 86_400 === 0
      ? [86_400, 'day']
      : seconds >= 3600 && seconds % 3600 === 0
        ? [3600, 'hour']
        : [60, 'minute'];
  const count = Math.max(1, Math.floor(seconds / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
