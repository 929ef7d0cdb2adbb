import { domainToASCII } from 'node:url';

/** The address in the one form in which two spellings of it are equal. */
export function sameAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return `${address.slice(0, at).toLowerCase()}@${domainToASCII(domain) || domain.toLowerCase()}`;
}

/** Where mail to the address arrives: what follows a plus is its owner's to choose, and is no other mailbox. */
export function mailboxOf(address: string): string {
  return sameAddress(address).replace(/\+.*(?=@)/, '');
}
