import { type Recipient } from './recipient.js';

/** What a parameter is made of; `shown` turns each into words of the recipient's language. */
interface ParamTypes {
  readonly text: string;
  /** A duration in seconds: "24 hours". */
  readonly seconds: number;
  readonly time: Date;
  /** What may not be known. */
  readonly perhaps: string | undefined;
}

export type ParamKind = keyof ParamTypes;

type Params = Readonly<Record<string, ParamKind>>;

/** What `circumstances` makes of a caller: when and from where something was done. */
const CIRCUMSTANCES = { when: 'time', address: 'perhaps', device: 'perhaps' } as const;

/** `link`: the page that spends the token; `token`: the bare one in it. */
const LINK = { link: 'text', token: 'text', expiresIn: 'seconds' } as const;

/** Confirmed is what was registered then and there, by link or code; `denyLink` is for whoever did not. */
const REGISTRATION = {
  ...LINK,
  denyLink: 'text',
  code: 'text',
  codeExpiresIn: 'seconds',
  ...CIRCUMSTANCES,
} as const;

/**
 * Anybody who types an address can ask for it. Of those about one topic that wait to be sent, only the
 * newest is; each is a topic of its own unless it says otherwise.
 */
const asked = <const P extends Params>(params: P, topic?: string) =>
  ({ asked: true, params, topic }) as const;

/** Says what happened to an account. Each is sent. */
const notice = <const P extends Params>(params: P) =>
  ({ asked: false, params, topic: undefined }) as const;

/**
 * Every mail that is sent, and what its two files in `templates/<language>/` are given. Nothing that a
 * stranger typed belongs here: a mail must not carry somebody else's words (but for an address that is no link).
 */
export const mailTemplates = {
  'verify-email': asked(REGISTRATION),
  /** The same, where the registration took the place of another one that nobody had confirmed. */
  'verify-email-again': asked(REGISTRATION, 'verify-email'),
  /** Somebody registered an address that has an account. */
  'already-registered': asked({}),
  'reset-password': asked(LINK),
  /** An administrator made the account: `link` chooses its first password. */
  invitation: asked(LINK, 'reset-password'),
  /** The same for somebody who has one already, or had. */
  'reset-by-administrator': asked(LINK, 'reset-password'),
  /** Somebody forgot the password of an account that this address does not have. */
  'no-account': asked({}),
  /** Somebody who knows the password guesses at the second factor. */
  'second-factor-guessed': notice(CIRCUMSTANCES),
  /** `factor`: what it is called in every language. */
  'second-factor-added': notice({ factor: 'text', ...CIRCUMSTANCES }),
  'second-factor-removed': notice({ factor: 'text', ...CIRCUMSTANCES }),
  /** `provider`: by the name that people read, which an administrator or the operator has chosen. */
  'social-account-linked': notice({ provider: 'text', ...CIRCUMSTANCES }),
  'social-account-unlinked': notice({ provider: 'text', ...CIRCUMSTANCES }),
  /** A provider knows the address that nobody had proved here; the account begins anew. */
  'address-proved-anew': notice({ provider: 'text', ...CIRCUMSTANCES }),
  'recovery-codes-made': notice(CIRCUMSTANCES),
  /** `left`: how many are still good. */
  'recovery-code-used': notice({ left: 'text', ...CIRCUMSTANCES }),
  /** The same, where so few are left that it is time for new ones. */
  'recovery-codes-few': notice({ left: 'text', ...CIRCUMSTANCES }),
  /** A passkey was shown that seems to be a copy of hers. */
  'passkey-copied': notice(CIRCUMSTANCES),
  /** To the new address. */
  'change-email': asked({ ...LINK, code: 'text', codeExpiresIn: 'seconds' }),
  /** To an address that somebody wants to change to, and that has an account already. */
  'email-taken': asked({}),
  /** To the old address; `link` undoes it. */
  'email-changed': notice({ ...LINK, ...CIRCUMSTANCES }),
  /** To the address that was given back: the password opens nothing any more. */
  'email-change-undone': notice(CIRCUMSTANCES),
  'password-changed': notice(CIRCUMSTANCES),
  'password-reset-done': notice(CIRCUMSTANCES),
  /** The same, for an account whose address nobody had proved before. */
  'password-reset-anew': notice(CIRCUMSTANCES),
  /** The first password of an account that had none. */
  'password-set': notice(CIRCUMSTANCES),
  'new-device': notice(CIRCUMSTANCES),
  /** An administrator will take the second factors away `due` then; `link` stops it. Not why, nor who it is. */
  'second-factor-reset-requested': notice({
    link: 'text',
    token: 'text',
    due: 'time',
    when: 'time',
  }),
  'second-factor-reset-stopped': notice({ when: 'time' }),
  'second-factor-reset-done': notice({ when: 'time' }),
  /** `key`: how it begins. */
  'api-key-made': notice({ key: 'text', expires: 'time', ...CIRCUMSTANCES }),
  /** A key came in the place of another one. */
  'api-key-rotated': notice({ key: 'text', expires: 'time', ...CIRCUMSTANCES }),
  /** `name`: what whoever looks after it calls it. */
  'api-key-ends': notice({ name: 'text', key: 'text', expires: 'time' }),
  /** To who answers for a service account: not who did it, nor from where. */
  'service-key-made': notice({ account: 'text', key: 'text', expires: 'time', when: 'time' }),
  /** The same. */
  'service-key-rotated': notice({ account: 'text', key: 'text', expires: 'time', when: 'time' }),
  /** A device stands for the second factor `until` then. */
  'device-trusted': notice({ ...CIRCUMSTANCES, until: 'time' }),
  'session-stolen': notice({}),
  /** Somebody had an API key who should not. `place`: where it was found, as they say, and no link. */
  'api-key-leaked': notice({ key: 'text', place: 'perhaps', ...CIRCUMSTANCES }),
  /** By an administrator, who is not told of. */
  'account-deactivated': notice({ when: 'time' }),
  /** The same. */
  'account-reactivated': notice({ when: 'time' }),
  /** Its owner closed it, and may open it again. */
  'account-left': notice(CIRCUMSTANCES),
  /** `link` opens an account again that its owner closed. */
  'come-back': asked(LINK),
  /** `link` takes it back until `finalDate`. */
  'deletion-requested': notice({
    link: 'text',
    token: 'text',
    finalDate: 'time',
    ...CIRCUMSTANCES,
  }),
  /** The last one. */
  'account-deleted': notice({}),
} as const;

export type MailTemplate = keyof typeof mailTemplates;

export const templateNames = Object.keys(mailTemplates) as MailTemplate[];

/** The parameters of each template; `product` is what the service calls itself. */
export type MailParams = {
  readonly [T in MailTemplate]: {
    readonly [
      N in keyof (typeof mailTemplates)[T]['params']
    ]: ParamTypes[(typeof mailTemplates)[T]['params'][N] & ParamKind];
  } & { readonly product?: string };
};

/** A mail as a caller asks for it: a wrong template or parameter does not compile. */
export type Mail = {
  readonly [T in MailTemplate]: Recipient & {
    readonly template: T;
    readonly params: MailParams[T];
  };
}[MailTemplate];
