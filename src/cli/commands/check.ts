import { databaseFindings } from '../check/database-findings.js';
import { type Finding, isAtLeast, type Level, LEVELS, render } from '../check/finding.js';
import { judgeSettings } from '../check/settings-findings.js';
import { templateFindings } from '../check/template-findings.js';
import { UsageError } from '../cli-error.js';
import { type CommandContext, defineCommand } from '../command.js';

export const check = defineCommand({
  name: 'check',
  summary: 'Says what is wrong with the settings and the database',
  description: [
    'Every finding has an id that stays the same, and says what to do. An error is what the server does not',
    'start with. Changes nothing. The exit code is 1 if there is an error.',
  ],
  options: {
    deploy: {
      type: 'boolean',
      help: 'Judges as in production, also where NODE_ENV does not say so.',
    },
    'fail-level': {
      type: 'string',
      value: LEVELS.join('|'),
      help: 'The exit code is 1 from this level on; error by default.',
    },
    ignore: {
      type: 'string',
      value: 'id',
      multiple: true,
      help: 'Leaves a finding out; may be given again and again.',
    },
  },
  examples: [
    'npm run cli -- check --deploy',
    'npm run cli -- check --deploy --fail-level warning --ignore gatehouse.W009',
  ],
  async run({ options }, context) {
    const failLevel = readLevel(options['fail-level'] ?? 'error');
    const ignored = new Set(options.ignore ?? []);
    const found = await findings(context, options.deploy ?? false);
    const told = found.filter(({ id }) => !ignored.has(id));
    context.terminal.print(render(told));
    return told.some((each) => isAtLeast(failLevel, each)) ? 1 : 0;
  },
});

async function findings(
  { environment, terminal }: CommandContext,
  deploy: boolean,
): Promise<Finding[]> {
  const judged = judgeSettings(environment, deploy);
  if (judged.settings === undefined) return judged.findings;
  return [
    ...judged.findings,
    ...(await templateFindings(judged.settings)),
    ...(await databaseFindings(judged.settings, terminal)),
  ];
}

function readLevel(word: string): Level {
  const level = LEVELS.find((name) => name === word);
  if (level === undefined) throw new UsageError(`--fail-level must be ${LEVELS.join(' or ')}.`);
  return level;
}
