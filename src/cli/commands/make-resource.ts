import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from '../command.js';
import { type Names, namesOf } from '../make-resource/names.js';
import { planFor } from '../make-resource/plan.js';
import { writeAll } from '../make-resource/write-all.js';

export const makeResource = defineCommand({
  name: 'make:resource',
  summary: 'Writes a module whose single objects are guarded: entity, routes, migration, test',
  description: [
    'It is added to floors.json, src/app.module.ts and wherever else a module must be known. Writes all of it or',
    'nothing, and overwrites no file of yours. See docs/protect-your-resource.md.',
  ],
  argument: {
    name: 'room/thing',
    help: 'The folder in src/ and the kind of thing, or the thing alone: its folder is then its plural.',
  },
  options: {
    plural: { type: 'string', value: 'word', help: 'What many of them are called: people.' },
  },
  examples: [
    'npm run cli -- make:resource book',
    'npm run cli -- make:resource sales/order-line',
    'npm run cli -- make:resource staff/person --plural people',
  ],
  run({ argument, options }, { terminal }) {
    const root = process.cwd();
    const names = namesOf(argument, options.plural);
    const plan = planFor(root, names, Date.now());
    writeAll(root, plan);
    format(root, [...plan.keys()]);
    terminal.print([...plan.keys()].map((path) => `  ${path}`).join('\n'));
    terminal.say(whatComesNext(names));
    return Promise.resolve(undefined);
  },
});

/** Lines that a long name has made too long are broken; where there is no Prettier, `npm run format` does it later. */
function format(root: string, paths: readonly string[]): void {
  const prettier = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
  if (!existsSync(prettier)) return;
  spawnSync(process.execPath, [prettier, '--write', '--log-level', 'warn', ...paths], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const whatComesNext = ({ room, file, app, model, path, story }: Names): string => `
That is all it takes: npm start makes the table, and /${path} answers. Then:

  1. Give it the fields that it really has: src/${room}/${file}.entity.ts, ${file}.dto.ts, and the migration. Once that
     has run on a database that matters, changes are: npm run migration:generate -- <Name>
  2. npm test -- test/stories/${story} test/architecture
     routes.e2e-spec.ts asks you to put down the five new routes: the moment to look at their access rules.
  3. Superusers may do everything (npm run cli -- createsuperuser). Others need \`${app}.add_${model}\` to add one,
     and then hold change, delete and view on what they have added.`;
