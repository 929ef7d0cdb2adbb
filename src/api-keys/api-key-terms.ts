import { ValidationFailed } from '../common/failures.js';
import type { ApiKeySettings } from '../config/api-key-settings.js';

interface Wish {
  readonly startsAt?: string | null;
  readonly expiresAt?: string | null;
}

export interface Terms {
  readonly startsAt: Date | null;
  readonly expiresAt: Date;
}

type Limits = Pick<ApiKeySettings, 'ttl' | 'maxTtl'>;

/** From when until when a key is good. @throws ValidationFailed */
export function termsOf({ startsAt, expiresAt }: Wish, now: Date, limits: Limits): Terms {
  const start = startsAt ? future('startsAt', startsAt, now) : null;
  const end = expiresAt ? endOf(expiresAt, now, limits) : later(now, limits.ttl);
  if (start !== null && start >= end) {
    throw refusal('startsAt', 'not_before_end', 'It must lie before the key expires.');
  }
  return { startsAt: start, expiresAt: end };
}

/** When a successor ends: as wished, or else after a life as long as that of the key before. @throws ValidationFailed */
export function successorsEnd(
  { expiresAt }: Pick<Wish, 'expiresAt'>,
  before: { readonly createdAt: Date; readonly expiresAt: Date },
  now: Date,
  limits: Limits,
): Date {
  if (expiresAt) return endOf(expiresAt, now, limits);
  const life = (before.expiresAt.getTime() - before.createdAt.getTime()) / 1000;
  return later(now, Math.min(life, limits.maxTtl));
}

/** When a key stops beside its successor: never later than it would have. */
export function retirementOf(expiresAt: Date, now: Date, overlap: number): Date {
  const end = later(now, overlap);
  return end < expiresAt ? end : expiresAt;
}

function endOf(text: string, now: Date, { maxTtl }: Limits): Date {
  const end = future('expiresAt', text, now);
  const latest = later(now, maxTtl);
  if (end <= latest) return end;
  const message = `It must not lie more than ${String(maxTtl)} seconds ahead.`;
  throw refusal('expiresAt', 'too_late', message, { max: maxTtl });
}

function future(field: string, text: string, now: Date): Date {
  const moment = new Date(text);
  if (moment > now) return moment;
  throw refusal(field, 'not_in_future', 'It must lie in the future.');
}

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

const refusal = (
  field: string,
  code: string,
  message: string,
  params?: Readonly<Record<string, unknown>>,
) => new ValidationFailed({ errors: [{ field, code, message, ...(params && { params }) }] });
