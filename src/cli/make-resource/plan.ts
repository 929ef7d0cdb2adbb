import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { editsFor } from './edits.js';
import type { Names } from './names.js';

/** What each file is to hold; paths from the root of the repository. */
export type Plan = ReadonlyMap<string, string>;

const TEMPLATES = 'src/cli/make-resource/templates';
const MIGRATIONS = 'src/database/migrations';

/**
 * Everything that is to be written, worked out before anything is.
 *
 * @throws CliError where the name is taken, or a file is not as it was
 */
export function planFor(root: string, names: Names, now: number): Plan {
  if (!existsSync(join(root, TEMPLATES))) {
    throw new CliError('The sources are not here: this is for the repository, not for a server.');
  }
  demandFree(root, names);
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const stamp = String(Math.max(now, lastMigration(root) + 1000));
  const Migration = `${names.Room}${stamp}`;
  const migration = { className: Migration, file: `${stamp}-${names.Room}` };
  const made = Object.entries(filesOf(names, `${MIGRATIONS}/${migration.file}.ts`)).map(
    ([path, template]) =>
      [path, rendered(read(`${TEMPLATES}/${template}.txt`), { ...names, Migration })] as const,
  );
  const edited = Object.entries(editsFor(names, migration)).map(
    ([path, edit]) => [path, withPath(path, () => edit(read(path)))] as const,
  );
  return new Map([...made, ...edited]);
}

/** Path → template. */
const filesOf = ({ room, file, files, story }: Names, migration: string) => ({
  [`src/${room}/${file}.entity.ts`]: 'entity',
  [`src/${room}/${file}.dto.ts`]: 'dto',
  [`src/${room}/${files}.service.ts`]: 'service',
  [`src/${room}/${files}.controller.ts`]: 'controller',
  [`src/${room}/${room}.module.ts`]: 'module',
  [migration]: 'migration',
  [`test/stories/${story}.e2e-spec.ts`]: 'story',
});

function withPath(path: string, edit: () => string): string {
  try {
    return edit();
  } catch (error) {
    throw new CliError(`${path} cannot be added to. ${(error as Error).message}`);
  }
}

function rendered(template: string, words: Readonly<Record<string, string>>): string {
  const text = template.replace(/__([A-Za-z]+?)__/g, (_, word: string) => {
    const value = words[word];
    if (value === undefined) throw new Error(`No template may say __${word}__`);
    return value;
  });
  // Which comes first depends on the names.
  return text.replace(/(?:^import .* from '\.\/.*';\n)+/m, (lines) => sortedByPath(lines));
}

function sortedByPath(imports: string): string {
  const pathOf = (line: string) => line.slice(line.indexOf(" from '"));
  const lines = imports.split('\n').slice(0, -1);
  return lines
    .map((line) => `${line}\n`)
    .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))
    .join('');
}

function lastMigration(root: string): number {
  const stamps = readdirSync(join(root, MIGRATIONS)).map((name) => parseInt(name, 10) || 0);
  return Math.max(...stamps);
}

/** Nothing of another room is overwritten, shadowed, or meant by two names. */
function demandFree(root: string, names: Names): void {
  const { room, story, Model, Models, Room, table, path } = names;
  for (const place of [`src/${room}`, `test/stories/${story}.e2e-spec.ts`]) {
    if (existsSync(join(root, place))) throw new CliError(`${place} is there already.`);
  }
  const classes = [Model, `${Model}Dto`, `New${Model}Dto`, `${Model}ChangesDto`, `${Model}PageDto`];
  const others = [`${Models}Service`, `${Models}Controller`, `${Room}Module`];
  const taken = [
    ...[...classes, ...others].map((name) => `\\bclass ${name}\\b`),
    ...[`list${Models}`, `add${Model}`, `get${Model}`].map((id) => `operationId: '${id}'`),
    `TABLE "${table}"`,
    `'${path}['/]`,
  ].map((pattern) => new RegExp(pattern));
  // What the templates import would be hidden by a class of that name.
  const words = new RegExp(`[{,]\\s*(?:type )?${Model}\\b(?!__)`);
  for (const [file, text] of sources(root)) {
    const isTemplate = file.startsWith(TEMPLATES);
    const clash = isTemplate ? words.exec(text) : taken.map((one) => one.exec(text)).find(Boolean);
    if (clash) {
      throw new CliError(`The name is taken: ${file} has ${clash[0].replace(/^[{,]\s*/, '')}.`);
    }
  }
}

function* sources(root: string): Generator<[string, string]> {
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    const file = `src/${name.replaceAll('\\', '/')}`;
    const isSource = file.endsWith('.ts') || file.startsWith(TEMPLATES);
    if (isSource && /\.(ts|txt)$/.test(file)) yield [file, readFileSync(join(root, file), 'utf8')];
  }
}
