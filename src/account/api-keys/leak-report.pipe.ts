import type { PipeTransform } from '@nestjs/common';
import { isPlainObject } from '../../common/nested.js';
import { validated, validatedList } from '../../common/validation.js';
import { LeakedKeyDto, LeakMatchDto } from './leaked-keys.dto.js';

export const MOST_MATCHES = 100;

/** What somebody found, in the one form or the other. */
export interface LeakReport {
  /** Whether a partner of secret scanning tells it, who wants to hear what became of each. */
  readonly ofPartner: boolean;
  readonly matches: readonly LeakMatchDto[];
}

/** Reads a report: one key, or a list of matches. */
export class LeakReportPipe implements PipeTransform {
  /** @throws ValidationFailed */
  transform(value: unknown): LeakReport {
    if (Array.isArray(value)) {
      const found = validatedList(LeakMatchDto, MOST_MATCHES, value.map(checked));
      return {
        ofPartner: true,
        matches: found.map((match, i) => Object.assign(match, place(value[i]))),
      };
    }
    const { key: token, url } = validated(LeakedKeyDto, value);
    return { ofPartner: false, matches: [{ token, type: '', url }] };
  }
}

/** What is checked. A field that a partner adds one day must not keep a key alive. */
const checked = (match: unknown): unknown =>
  isPlainObject(match) ? pick(match, 'token', 'type') : match;

const place = (match: unknown) => pick(match as object, 'url', 'source');

const pick = (from: object, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
