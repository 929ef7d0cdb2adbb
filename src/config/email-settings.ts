import { integer, tokenUrl } from './parsers.js';
import { define, optional } from './setting-definition.js';

/** Denying a registration, changing the address, and taking a change back. */
export const emailSettings = {
  DENY_URL: optional({
    parse: tokenUrl,
    example: 'https://app.example.com/deny#token={token}',
    help: 'The page that a verification mail links to for whoever did not register. By default a page of this server.',
  }),
  CHANGE_EMAIL_URL: optional({
    parse: tokenUrl,
    example: 'https://app.example.com/change-email#token={token}',
    help: 'The page that a mail to a new address links to. By default a page of this server.',
  }),
  UNDO_EMAIL_URL: optional({
    parse: tokenUrl,
    example: 'https://app.example.com/undo-email-change#token={token}',
    help: 'The page that a mail to a former address links to. By default a page of this server.',
  }),
  EMAIL_CHANGE_TTL: define({
    parse: integer(60, 86_400),
    fallback: 3600,
    help: 'How long the link to a new address works, in seconds.',
  }),
  EMAIL_CHANGE_UNDO_TTL: define({
    parse: integer(259_200, 2_592_000),
    fallback: 604_800,
    help: 'How long the former address can take the change back, in seconds; at least three days.',
  }),
} as const;
