import { applyDecorators } from '@nestjs/common';
import { AnyText, Check, type FieldOptions } from './fields.js';

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** A point in time, as text in ISO 8601 UTC. */
export const Moment = (options: FieldOptions): PropertyDecorator =>
  applyDecorators(
    AnyText({ format: 'date-time', max: 24, ...options }),
    Check(
      'isMoment',
      isMoment,
      'invalid_moment',
      'It must be a moment in ISO 8601 UTC such as 2099-12-31T23:59:59Z.',
    ),
  );

/** There is such a day: `Date` takes 30 February for 2 March. */
function isMoment(text: string): boolean {
  if (!MOMENT.test(text)) return false;
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 19) === text.slice(0, 19);
}
