/** One row of the table in docs/social-sign-in.md. */
export interface Decision {
  readonly does: 'signs in' | 'links';
  /** Whose (issuer, subject) is here already. */
  readonly identity: "nobody's" | "of this account's" | "of another's";
  /** What the provider says of the address. */
  readonly address: 'none' | 'unverified' | 'verified' | 'of a vouched domain';
  /** Who has that address here; of an identity that is known and tells no address: whose it is. */
  readonly account:
    | 'nobody'
    | 'registered'
    | 'invited'
    | 'proved'
    | 'proved, with a second factor'
    | 'switched off'
    | 'closed by its owner';
  readonly sees: string;
  readonly tables: string;
}

export interface Decisions {
  readonly title: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly rows: readonly Decision[];
}

type Cells = readonly [
  Decision['identity'],
  Decision['address'],
  Decision['account'],
  string,
  string?,
];

const rowsOf = (does: Decision['does'], rows: readonly Cells[]): Decision[] =>
  rows.map(([identity, address, account, sees, tables = 'nothing changes']) => ({
    does,
    identity,
    address,
    account,
    sees,
    tables,
  }));

const NEW = "nobody's";
const OWN = "of this account's";
const OTHERS = "of another's";
const FACTOR = 'proved, with a second factor';
const VOUCHED = 'of a vouched domain';

const CREATED = 'new account, address proved, identity linked';
const TAKEN_OVER = 'address proved, password gone, other identities gone, identity linked';
const LINKED = 'identity linked';
const LINKED_AND_PROVED = 'address proved, identity linked';

/** Of each combination of settings what differs, and what one would expect to differ. */
export const DECISIONS: readonly Decisions[] = [
  {
    title: 'As it is without any setting: `SOCIAL_SIGNUP=on`, `SOCIAL_EMAIL_MATCH=reject`',
    environment: {},
    rows: [
      ...rowsOf('signs in', [
        [NEW, 'none', 'nobody', 'error=email_required'],
        [NEW, 'unverified', 'nobody', 'error=email_unverified'],
        [NEW, 'unverified', 'registered', 'error=email_unverified'],
        [NEW, 'unverified', 'invited', 'error=email_unverified'],
        [NEW, 'unverified', 'proved', 'error=email_unverified'],
        [NEW, 'unverified', FACTOR, 'error=email_unverified'],
        [NEW, 'unverified', 'switched off', 'error=email_unverified'],
        [NEW, 'verified', 'nobody', 'session', CREATED],
        [NEW, 'verified', 'registered', 'session', TAKEN_OVER],
        [NEW, 'verified', 'invited', 'error=account_exists'],
        [NEW, 'verified', 'proved', 'error=account_exists'],
        [NEW, 'verified', FACTOR, 'error=account_exists'],
        [NEW, 'verified', 'switched off', 'error=account_exists'],
        [NEW, 'verified', 'closed by its owner', 'error=account_exists'],
        [NEW, VOUCHED, 'nobody', 'session', CREATED],
        [NEW, VOUCHED, 'registered', 'session', TAKEN_OVER],
        [NEW, VOUCHED, 'proved', 'error=account_exists'],
        [OWN, 'none', 'proved', 'session'],
        [OWN, 'unverified', 'proved', 'session'],
        [OWN, 'verified', 'proved', 'session'],
        [OWN, 'verified', FACTOR, 'challenge'],
        [OWN, 'verified', 'registered', 'error=email_not_verified'],
        [OWN, 'verified', 'switched off', 'error=invalid_credentials'],
        [OWN, 'verified', 'closed by its owner', 'error=account_left'],
        [OTHERS, 'verified', 'nobody', 'session'],
        [OTHERS, 'verified', 'registered', 'session'],
        [OTHERS, 'verified', 'proved', 'session'],
        [OTHERS, 'verified', FACTOR, 'session'],
      ]),
      ...rowsOf('links', [
        [NEW, 'none', 'nobody', 'linked=true', 'identity linked to who is signed in'],
        [NEW, 'unverified', 'nobody', 'linked=true', 'identity linked to who is signed in'],
        [NEW, 'verified', 'proved', 'linked=true', LINKED],
        [NEW, 'verified', 'registered', 'linked=true', 'identity linked to who is signed in'],
        [OWN, 'verified', 'proved', 'linked=true'],
        [OTHERS, 'verified', 'proved', 'error=already_linked'],
        [OTHERS, 'verified', 'nobody', 'error=already_linked'],
      ]),
    ],
  },
  {
    title: '`SOCIAL_SIGNUP=off`',
    environment: { SOCIAL_SIGNUP: 'off' },
    rows: [
      ...rowsOf('signs in', [
        [NEW, 'none', 'nobody', 'error=signup_closed'],
        [NEW, 'unverified', 'nobody', 'error=signup_closed'],
        [NEW, 'unverified', 'proved', 'error=signup_closed'],
        [NEW, 'verified', 'nobody', 'error=signup_closed'],
        [NEW, 'verified', 'registered', 'error=signup_closed'],
        [NEW, 'verified', 'invited', 'error=account_exists'],
        [NEW, 'verified', 'proved', 'error=account_exists'],
        [NEW, 'verified', 'switched off', 'error=account_exists'],
        [NEW, VOUCHED, 'nobody', 'error=signup_closed'],
        [OWN, 'verified', 'proved', 'session'],
        [OWN, 'verified', FACTOR, 'challenge'],
        [OTHERS, 'verified', 'proved', 'session'],
      ]),
      ...rowsOf('links', [[NEW, 'verified', 'proved', 'linked=true', LINKED]]),
    ],
  },
  {
    title: '`SOCIAL_EMAIL_MATCH=link`',
    environment: { SOCIAL_EMAIL_MATCH: 'link' },
    rows: rowsOf('signs in', [
      [NEW, 'none', 'nobody', 'error=email_required'],
      [NEW, 'unverified', 'proved', 'error=email_unverified'],
      [NEW, 'verified', 'nobody', 'session', CREATED],
      [NEW, 'verified', 'registered', 'session', TAKEN_OVER],
      [NEW, 'verified', 'invited', 'session', LINKED_AND_PROVED],
      [NEW, 'verified', 'proved', 'session', LINKED],
      [NEW, 'verified', FACTOR, 'challenge', LINKED],
      [NEW, 'verified', 'switched off', 'error=account_exists'],
      [NEW, 'verified', 'closed by its owner', 'error=account_exists'],
      [NEW, VOUCHED, 'proved', 'session', LINKED],
      [OTHERS, 'verified', 'proved', 'session'],
    ]),
  },
  {
    title: '`SOCIAL_SIGNUP=off`, `SOCIAL_EMAIL_MATCH=link`',
    environment: { SOCIAL_SIGNUP: 'off', SOCIAL_EMAIL_MATCH: 'link' },
    rows: rowsOf('signs in', [
      [NEW, 'unverified', 'proved', 'error=signup_closed'],
      [NEW, 'verified', 'nobody', 'error=signup_closed'],
      [NEW, 'verified', 'registered', 'error=signup_closed'],
      [NEW, 'verified', 'invited', 'session', LINKED_AND_PROVED],
      [NEW, 'verified', 'proved', 'session', LINKED],
      [NEW, 'verified', FACTOR, 'challenge', LINKED],
    ]),
  },
  {
    title: '`PASSWORD_LOGIN=off`',
    environment: { PASSWORD_LOGIN: 'off' },
    rows: rowsOf('signs in', [
      [NEW, 'verified', 'nobody', 'session', CREATED],
      [NEW, 'verified', 'registered', 'session', TAKEN_OVER],
      [NEW, 'verified', 'invited', 'error=account_exists'],
      [NEW, 'verified', 'proved', 'error=account_exists'],
      [OWN, 'verified', 'proved', 'session'],
      [OWN, 'verified', FACTOR, 'challenge'],
    ]),
  },
  {
    title: '`PASSWORD_LOGIN=off`, `SOCIAL_EMAIL_MATCH=link`',
    environment: { PASSWORD_LOGIN: 'off', SOCIAL_EMAIL_MATCH: 'link' },
    rows: rowsOf('signs in', [
      [NEW, 'verified', 'invited', 'session', LINKED_AND_PROVED],
      [NEW, 'verified', 'proved', 'session', LINKED],
    ]),
  },
  {
    title: '`EMAIL_VERIFICATION=optional`',
    environment: { EMAIL_VERIFICATION: 'optional' },
    rows: rowsOf('signs in', [
      [NEW, 'unverified', 'nobody', 'error=email_unverified'],
      [NEW, 'unverified', 'registered', 'error=email_unverified'],
      [
        NEW,
        'verified',
        'registered',
        'session',
        'address proved, password gone, sessions over, other identities gone, identity linked',
      ],
      [NEW, 'verified', 'proved', 'error=account_exists'],
      [OWN, 'verified', 'registered', 'session'],
      [OTHERS, 'verified', 'registered', 'session'],
    ]),
  },
];
