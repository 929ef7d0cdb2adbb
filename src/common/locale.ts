/** RFC 5646, 4.4.1. */
const MAX_LENGTH = 35;
const SHAPE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/;

/** A language tag (BCP 47) as it is usually written, `de-at` as `de-AT`; undefined for what is none. */
export function canonicalLocale(tag: string): string | undefined {
  if (tag.length > MAX_LENGTH || !SHAPE.test(tag)) return undefined;
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    return canonical !== undefined && canonical.length <= MAX_LENGTH ? canonical : undefined;
  } catch {
    return undefined;
  }
}

/** The tag and what it narrows, most exact first: `zh-Hant-TW`, `zh-Hant`, `zh` (RFC 4647, 3.4). */
export function fallbacksOf(tag: string): string[] {
  const parts = tag.split('-');
  return parts
    .map((_, count) => parts.slice(0, parts.length - count))
    .filter((kept) => kept.length === 1 || (kept.at(-1)?.length ?? 0) > 1)
    .map((kept) => kept.join('-'));
}
