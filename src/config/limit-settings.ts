import { integer, oneOf } from './parsers.js';
import { define } from './setting-definition.js';

/** How often somebody may try. */
export const limitSettings = {
  LOGIN_FAILURES_PER_ACCOUNT: define({
    parse: integer(1, 89),
    fallback: 5,
    help: 'How many wrong guesses at an account (password, code) are taken before the next one has to wait. Devices that signed in to it before have as many of their own.',
  }),
  LOGIN_FAILURES_PER_ADDRESS: define({
    parse: integer(1, 1_000_000),
    fallback: 50,
    help: 'How many wrong guesses from one address (IPv6: one /64) are taken in RATE_LIMIT_WINDOW.',
  }),
  REQUESTS_PER_ADDRESS: define({
    parse: integer(1, 1_000_000),
    fallback: 100,
    help: 'How often one address may call each public route that costs something in RATE_LIMIT_WINDOW.',
  }),
  RATE_LIMIT_WINDOW: define({
    parse: integer(1, 86_400),
    fallback: 900,
    help: 'The window of these limits and the first wait of an account, in seconds; each wait after it is twice as long, up to an hour.',
  }),
  SIGN_IN_ALARM: define({
    parse: integer(0, 1_000_000),
    fallback: 100,
    help: 'Failed sign-ins within a minute, on one node, from which on log and audit log tell the operator, unless many succeed beside them: somebody may try stolen lists. 0: never.',
  }),
  RATE_LIMIT_STORE: define({
    parse: oneOf('memory', 'database', 'redis'),
    fallback: 'database',
    help: 'Where the limits of addresses are counted. memory: each process for itself. redis: in REDIS_URL, and in the database while it is away. What is held against an account is always in the database.',
  }),
  REFUSAL_PAUSE: define({
    parse: integer(0, 60_000),
    fallback: 1000,
    help: 'How long an answer that says when to come again (429, 503) takes at least, in milliseconds, once there were twenty in a row: who floods waits for it. 0: no longer than others.',
  }),
} as const;
