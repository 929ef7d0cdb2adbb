import { canonicalLocale } from '../locale.js';

/** Of a header that somebody wrote to keep us busy, no more than this is read. */
const MAX_LENGTH = 512;
const MAX_ITEMS = 16;
/** More languages than people speak are of no use. */
const MAX_KEPT = 5;

// RFC 9110, 12.4.2 and 12.5.4
const ITEM = /^([A-Za-z0-9-]+)(?:[ \t]*;[ \t]*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

/**
 * The languages that a request would like its answer in, best first. What is refused (`q=0`), what is no
 * language (`*`) and what is malformed is left out.
 */
export function acceptedLanguages(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  const wishes = header
    .slice(0, MAX_LENGTH)
    .split(',', MAX_ITEMS)
    .flatMap((item) => wishOf(item.trim()));
  const ranked = wishes.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  return [...new Set(ranked.map(({ tag }) => tag))].slice(0, MAX_KEPT);
}

function wishOf(item: string): { tag: string; weight: number }[] {
  const [, range = '', weight = '1'] = ITEM.exec(item) ?? [];
  const tag = canonicalLocale(range);
  return tag === undefined ? [] : [{ tag, weight: Number(weight) }];
}
