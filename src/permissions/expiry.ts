import type { Clock } from '../common/clock.js';
import { ValidationFailed } from '../common/failures.js';
import { Moment } from '../common/moment.js';
import type { Expiry } from './holding/rights.service.js';

/** When something that is given ends by itself. */
export const ExpiresAtField = (): PropertyDecorator =>
  Moment({
    description: 'When it ends by itself, in UTC; null or absent: never.',
    example: '2099-12-31T23:59:59Z',
    optional: true,
    nullable: true,
  });

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
