import { domainToASCII, domainToUnicode } from 'node:url';
import { isConfusableLabel } from './confusable-label.js';

const MAX_LENGTH = 254; // RFC 5321, errata 1690
const MAX_LOCAL_LENGTH = 64;

// RFC 5322 dot-atom in ASCII: no quoted local parts, no comments, no look-alike letters.
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
// RFC 1123 names of at least two labels whose last is not a number: no address literals, no final dot.
const DOMAIN =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * The one form under which an address is unique and found: lower case, the domain in ASCII (IDNA,
 * UTS 46). Undefined for what is no address here, or could be taken for another one: non-ASCII or quoted
 * local parts, invisible characters, domains that change when they are normalised, that mix scripts, or
 * that are written wholly in letters which look Latin. Mail goes to the address as it was typed.
 */
export function canonicalEmail(typed: string): string | undefined {
  if (typed.length > MAX_LENGTH) return undefined;
  const at = typed.lastIndexOf('@');
  const local = typed.slice(0, Math.max(at, 0));
  const domain = canonicalDomain(typed.slice(at + 1));
  if (local.length > MAX_LOCAL_LENGTH || !LOCAL.test(local) || domain === undefined) {
    return undefined;
  }
  const canonical = `${local.toLowerCase()}@${domain}`;
  return canonical.length > MAX_LENGTH ? undefined : canonical;
}

function canonicalDomain(typed: string): string | undefined {
  // Lower case of ASCII only: JavaScript would turn the Kelvin sign into "k".
  const lower = typed.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const ascii = domainToASCII(lower);
  if (!DOMAIN.test(ascii)) return undefined;
  const unicode = domainToUnicode(ascii);
  // What UTS 46 had to fold, map or drop is not what its owner would type.
  if (lower !== ascii && lower !== unicode) return undefined;
  return unicode.split('.').some(isConfusableLabel) ? undefined : ascii;
}
