import { applyDecorators } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { ValidationFailed } from '../common/failures.js';
import { AnyText, Check } from '../common/fields.js';
import type { Expiry } from './holding/rights.service.js';

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** When something that is given ends by itself. */
export const ExpiresAtField = (): PropertyDecorator =>
  applyDecorators(
    AnyText({
      description: 'When it ends by itself, in UTC; null or absent: never.',
      example: '2099-12-31T23:59:59Z',
      format: 'date-time',
      max: 24,
      optional: true,
      nullable: true,
    }),
    Check(
      'isMoment',
      isMoment,
      'invalid_moment',
      'It must be a moment in ISO 8601 UTC such as 2099-12-31T23:59:59Z.',
    ),
  );

/** The body of what gives something for a time. */
export class ExpiryDto {
  @ExpiresAtField()
  expiresAt?: string | null;
}

/** @throws ValidationFailed where it lies in the past. */
export function expiryOf({ expiresAt }: ExpiryDto, clock: Clock, field = 'expiresAt'): Expiry {
  if (expiresAt === undefined || expiresAt === null) return null;
  const end = new Date(expiresAt);
  if (end > clock.now()) return end;
  const message = 'It must lie in the future.';
  throw new ValidationFailed({ errors: [{ field, code: 'not_in_future', message }] });
}

/** There is such a day: `Date` takes 30 February for 2 March. */
function isMoment(text: string): boolean {
  if (!MOMENT.test(text)) return false;
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 19) === text.slice(0, 19);
}
