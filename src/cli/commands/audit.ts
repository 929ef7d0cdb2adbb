import { AuditVerificationService } from '../../audit/audit-verification.service.js';
import { type ChainWalk, type Finding, nameOf, type Problem } from '../../audit/chain-walk.js';
import { readSettings } from '../../config/settings.js';
import { UsageError } from '../cli-error.js';
import { defineCommand } from '../command.js';
import { withServices } from '../services.js';

const WORDS: Readonly<Record<Problem, string>> = {
  forged_or_changed: 'was changed, or was not written by a server with these secret keys',
  personal_part_changed: 'has another address, client or details than it was written with',
  erased_without_erasure: 'lost its address, client and details, and the log tells of no erasure',
  events_missing: 'events are missing from here on',
  out_of_place: 'stands where it was not written',
  newest_events_missing: 'the newest events are missing from here on',
  head_not_genuine: 'the head of the chain is missing, or not what a server wrote',
  earlier_head_missing: 'the earlier head is not in the chain',
  retirement_not_genuine:
    'the note of the events that were retired here is not what a server wrote',
};

export const audit = defineCommand({
  name: 'audit',
  summary: 'Verifies that nobody tampered with the audit log',
  description: [
    'verify: walks along the whole chain, from its beginning or from what was retired last. It finds events',
    'that were changed, added, moved or removed by whoever has the database but not SECRET_KEYS. Ends with 1 if',
    'it finds any. Note the head that it prints somewhere else: with --contains it finds a log that was put',
    'back to an earlier state as a whole.',
  ],
  argument: { name: 'verify', help: 'What to do.' },
  options: {
    contains: {
      type: 'string',
      value: 'head',
      help: 'A head that was printed earlier, and must still be in the chain.',
    },
  },
  examples: ['npm run cli -- audit verify'],
  async run({ argument, options }, { environment, terminal }) {
    if (argument !== 'verify') throw new UsageError('Say audit verify.');
    const settings = readSettings(environment);
    return withServices(settings, terminal, async (services) => {
      const verification = services.get(AuditVerificationService, { strict: false });
      const walk = await verification.verify(options.contains);
      terminal.print(summaryOf(walk));
      for (const finding of walk.findings) terminal.say(describe(finding));
      const untold = walk.findingCount - walk.findings.length;
      if (untold > 0) terminal.say(`and ${untold} more`);
      return walk.findingCount > 0 ? 1 : 0;
    });
  },
});

function summaryOf({ events, erased, findingCount, last }: ChainWalk): string {
  return [
    findingCount === 0 ? 'The audit log is as it was written.' : 'The audit log was TAMPERED WITH.',
    `Events: ${events}, ${erased} of them of people who were erased.`,
    `Head: ${nameOf(last)}`,
  ].join('\n');
}

const describe = ({ sequence, eventId, problem }: Finding): string =>
  [sequence !== null && `place ${sequence}`, eventId && `event ${eventId}`, WORDS[problem]]
    .filter(Boolean)
    .join(', ');
