import { CliError } from '../cli-error.js';
import type { Names } from './names.js';

/** A line or two in a file that everybody shares. */
export type Edit = (text: string) => string;

/** @throws CliError where the file does not look as it did */
const replaced = (pattern: RegExp, replacement: (match: string) => string): Edit => {
  return (text) => {
    if (!pattern.test(text)) throw new CliError(`There is no ${String(pattern)} any more.`);
    return text.replace(pattern, replacement);
  };
};

const inOrder =
  (...edits: readonly Edit[]): Edit =>
  (text) =>
    edits.reduce((edited, edit) => edit(edited), text);

/** An import, in the order of the alphabet among those that begin alike. */
export function importing(name: string, from: string): Edit {
  const start = /^(\.\.?\/)+(src\/)?/.exec(from)?.[0] ?? '';
  const line = `import { ${name} } from '${from}';\n`;
  return (text) => {
    const imports = [...text.matchAll(/^import [^;]* from '([^']+)';\n/gm)];
    const alike = imports.filter(([, path = '']) => path.startsWith(start));
    const next = alike.find(([, path = '']) => comesBefore(from, path));
    const last = alike.at(-1) ?? imports.at(-1);
    const at = next?.index ?? (last ? last.index + last[0].length : 0);
    return text.slice(0, at) + line + text.slice(at);
  };
}

/** Folder by folder, as the linter compares. */
function comesBefore(path: string, other: string): boolean {
  const [ours, theirs] = [path.split('/'), other.split('/')];
  const differing = ours.findIndex((part, i) => part !== theirs[i]);
  return (ours[differing] ?? '') < (theirs[differing] ?? '');
}

/** At the end of the list that begins so. */
const appending = (start: string, item: string): Edit =>
  replaced(
    new RegExp(`${start} = \\[[^;]*?(?=,?\\s*\\](?: as const)?;)`),
    (list) => `${list}, ${item}`,
  );

/** Which file becomes what; paths from the root of the repository. */
export const editsFor = (
  { app, model, Model, Room, room, file, Tag, things }: Names,
  migration: { readonly className: string; readonly file: string },
): Readonly<Record<string, Edit>> => ({
  'floors.json': replaced(/\[[^[\]]*(?=\]\s*\]\s*$)/, (floor) => `${floor}, "${room}"`),
  'src/entities.ts': inOrder(
    importing(Model, `./${room}/${file}.entity.js`),
    appending('export const entities', Model),
  ),
  'src/app.module.ts': inOrder(
    importing(`${Room}Module`, `./${room}/${room}.module.js`),
    appending('const rooms', `${Room}Module`),
  ),
  'src/docs/words.ts': (text) =>
    text.includes(`['${Tag}',`)
      ? text
      : replaced(
          / {2}\['Keys',|(?=\] as const;)/,
          (next) => `  ['${Tag}', 'About ${things}.'],\n${next}`,
        )(text),
  'src/database/migrations/index.ts': inOrder(
    replaced(
      /(?:^import .*;\n)+/m,
      (imports) => `${imports}import { ${migration.className} } from './${migration.file}.js';\n`,
    ),
    appending('export const migrations', migration.className),
  ),
  'test/support/things.ts': inOrder(
    importing(Model, `../../src/${room}/${file}.entity.js`),
    replaced(/export const MAKERS[^=]*= \{\n/, (start) => start + maker(app, model, Model)),
  ),
});

const maker = (app: string, model: string, Model: string): string =>
  `  '${app}.${model}': async (test) => {
    const id = uuidv7();
    const now = test.clock.now();
    await test.database
      .getRepository(${Model})
      .insert({ id, name: 'Tram bell', createdAt: now, updatedAt: now });
    return { id, params: { id } };
  },
`;
