/** MAIL_FROM, taken apart. */
export interface Sender {
  readonly name: string;
  readonly address: string;
  readonly domain: string;
}

const BARE = /^[^\s\p{Cc}<>,;@]+@([^\s\p{Cc}<>,;@]+)$/u;
const NAMED = /^([^\p{Cc}<>]*)<([^<>]+)>$/u;

/** Reads `Name <address>` or a bare address. @throws if it is neither. */
export function parseSender(text: string): Sender {
  const [, name = '', address = text] = NAMED.exec(text.trim()) ?? [];
  const [bare, domain] = BARE.exec(address.trim()) ?? [];
  if (bare === undefined || domain === undefined) {
    throw new Error('MAIL_FROM must be an address, or a name and an <address>');
  }
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address: bare, domain };
}
