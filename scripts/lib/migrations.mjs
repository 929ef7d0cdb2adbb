import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint } from './complain.mjs';
import { at } from './places.mjs';
import { listen, runNode } from './run.mjs';

const FOLDER = join('src', 'database', 'migrations');
const USAGE =
  'Usage: npm run migration:generate -- <Name>, migration:run, migration:revert, migration:show';

/** TypeORM's own migrations, on the TypeScript sources. */
export async function migrate([action = '', ...words]) {
  if (action === 'generate') return generate(words);
  if (!['run', 'revert', 'show'].includes(action)) throw new Complaint(USAGE, 2);
  await typeorm(`migration:${action}`, words);
}

async function generate([name = '', ...words]) {
  if (!/^[A-Za-z]\w*$/.test(name)) throw new Complaint(USAGE, 2);
  // Those that wait would be written once more.
  const applied = await quietly('migration:run', []);
  if (applied.code !== 0) throw new Complaint(applied.said.trim());
  const before = new Set(listMigrations());
  const generated = await quietly('migration:generate', [
    `${FOLDER}/${name}`,
    ...['--timestamp', afterAllOthers(), ...words],
  ]);
  if (generated.said.includes('No changes in database schema were found')) {
    console.log('Nothing to generate: the entities and the database agree.');
    return;
  }
  if (generated.code !== 0) throw new Complaint(generated.said.trim());
  const made = listMigrations().filter((file) => !before.has(file));
  for (const file of made) adaptImports(at(FOLDER, file));
  writeIndex();
  const files = [...made, 'index.ts'].map((file) => at(FOLDER, file));
  await runNode([prettier(), '--write', '--log-level', 'warn', ...files]);
  for (const file of made) console.log(`Read it, then commit it: ${FOLDER}/${file}`);
}

/** Whatever the clock says: a migration that others wrote on theirs may be what this one builds on. */
const afterAllOthers = () => {
  const last = Math.max(0, ...listMigrations().map((file) => parseInt(file, 10)));
  return String(Math.max(Date.now(), last + 1000));
};

const prettier = () => at('node_modules', 'prettier', 'bin', 'prettier.cjs');

const program = (command, words) => [
  ...['--import', '@swc-node/register/esm-register'],
  ...[join('node_modules', 'typeorm', 'cli.js'), command, '-d', 'ormconfig.ts'],
  ...words,
];

const typeorm = (command, words) => runNode(program(command, words), { cwd: at() });

const quietly = (command, words) =>
  listen(process.execPath, program(command, words), { cwd: at() });

/** In the order of their timestamps. */
function listMigrations() {
  if (!existsSync(at(FOLDER))) return [];
  return readdirSync(at(FOLDER))
    .filter((file) => /^\d+-.+(?<!\.d)\.ts$/.test(file))
    .sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
}

/** TypeORM imports its interfaces as if they were values, which does not run. */
function adaptImports(path) {
  const imports =
    /import\s*\{\s*MigrationInterface\s*,\s*QueryRunner\s*\}\s*from\s*["']typeorm["'];?/;
  const typed = `import { type MigrationInterface, type QueryRunner } from 'typeorm';`;
  writeFileSync(path, readFileSync(path, 'utf8').replace(imports, typed));
}

function writeIndex() {
  const found = listMigrations().map((file) => {
    const [, name] = /export class (\w+)/.exec(readFileSync(at(FOLDER, file), 'utf8')) ?? [];
    if (!name) throw new Complaint(`${FOLDER}/${file} exports no class.`);
    return { name, from: `./${file.replace(/\.ts$/, '.js')}` };
  });
  const imports = found.map(({ name, from }) => `import { ${name} } from '${from}';`);
  const list = `export const migrations = [${found.map(({ name }) => name).join(', ')}];`;
  const head = '/** Written by `npm run migration:generate`; oldest first. */';
  writeFileSync(at(FOLDER, 'index.ts'), [...imports, '', head, list, ''].join('\n'));
}
