import { integer, tokenUrl } from './parsers.js';
import { define, optional } from './setting-definition.js';

/** A forgotten password. */
export const passwordSettings = {
  RESET_URL: optional({
    parse: tokenUrl,
    example: 'https://app.example.com/reset#token={token}',
    help: 'The page that a mail for a forgotten password links to. By default a page of this server.',
  }),
  PASSWORD_RESET_TTL: define({
    parse: integer(60, 86_400),
    fallback: 1800,
    help: 'How long the link for a forgotten password works, in seconds.',
  }),
  INVITATION_TTL: define({
    parse: integer(300, 2_592_000),
    fallback: 604_800,
    help: 'How long the link works that is mailed to whoever an administrator made an account for, in seconds.',
  }),
} as const;
