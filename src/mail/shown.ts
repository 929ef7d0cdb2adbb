import { type ParamKind } from './mail-templates.js';

/** In whose language, and by whose clock. */
export interface Reader {
  readonly locale: string;
  readonly timezone?: string | null | undefined;
}

/** The same in every language. */
const UNKNOWN = '–';

/** Undefined: the value is missing, or not one of its kind. */
type Show = (value: unknown, reader: Reader) => string | undefined;

const SHOW: Readonly<Record<ParamKind, Show>> = {
  text: (value) => (typeof value === 'string' ? value : undefined),
  perhaps: (value = UNKNOWN) => (typeof value === 'string' ? value : undefined),
  seconds: (value, { locale }) => (typeof value === 'number' ? inWords(value, locale) : undefined),
  time: (value, reader) => (value instanceof Date ? timeOf(value, reader) : undefined),
};

/** The value of a parameter as the reader sees it. @throws if it is missing. */
export function shown(kind: ParamKind, value: unknown, reader: Reader): string {
  const words = SHOW[kind](value, reader);
  if (words === undefined) throw new Error(`There is no value, or not one of its kind (${kind})`);
  return words;
}

/** `86400` → "24 hours", "24 Stunden"; `5400` → "90 minutes". */
export function inWords(seconds: number, locale: string): string {
  const [size, unit] =
    seconds >= 172_800 && seconds % 86_400 === 0
      ? [86_400, 'day']
      : seconds >= 3600 && seconds % 3600 === 0
        ? [3600, 'hour']
        : [60, 'minute'];
  const count = Math.max(1, Math.floor(seconds / size));
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

function timeOf(time: Date, { locale, timezone }: Reader): string {
  const format = { dateStyle: 'long', timeStyle: 'long' } as const;
  try {
    return new Intl.DateTimeFormat(locale, { ...format, timeZone: timezone ?? 'UTC' }).format(time);
  } catch {
    // a zone that this machine does not know is no reason to send no mail
    return new Intl.DateTimeFormat(locale, { ...format, timeZone: 'UTC' }).format(time);
  }
}
