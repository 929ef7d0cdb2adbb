import type { Settings } from '../../config/settings.js';
import { unsafeRules } from '../../config/unsafe-settings.js';
import { deployRules } from './deploy-rules.js';
import { type Finding, finding } from './finding.js';

/** What speaks against serving the public with these settings; what the server refuses comes first. */
export function deployFindings(settings: Settings): Finding[] {
  return [...unsafeRules, ...deployRules].filter(({ when }) => when(settings)).map(finding);
}
