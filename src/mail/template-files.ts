import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalLocale } from '../common/locale.js';
import { templateNames } from './mail-templates.js';
import { TemplateError } from './template-error.js';

export interface TemplateFile {
  readonly path: string;
  readonly text: string;
}

/** Files by their name, `verify-email.txt`. */
type Files = ReadonlyMap<string, TemplateFile>;

/** What a folder of templates holds: those of each language, and perhaps a layout for all of them. */
export interface TemplateFolder {
  readonly path: string;
  readonly languages: ReadonlyMap<string, Files>;
  readonly layout?: TemplateFile | undefined;
}

export const LAYOUT = 'layout.html';
/** When and from where, as every notice says it: stands for `{{circumstances}}`. */
export const PART = 'circumstances';

/** More than any mail should have (Gmail cuts them at 102 KB). */
const MAX_BYTES = 262_144;
const KNOWN = new Set([
  LAYOUT,
  ...[...templateNames, PART].flatMap((n) => [`${n}.txt`, `${n}.html`]),
]);

/** Reads `<language>/<name>.txt`, `.html` and the layouts. @throws TemplateError */
export async function readTemplates(path: string): Promise<TemplateFolder> {
  const languages = new Map<string, Files>();
  let layout: TemplateFile | undefined;
  for (const name of await namesIn(path)) {
    if (name === LAYOUT) layout = await read(join(path, name));
    else languages.set(languageOf(path, name), await readLanguage(join(path, name)));
  }
  return { path, languages, layout };
}

/** The files of `own` in the place of those of `base`; its layout for all goes before those of `base`. */
export function overlay(base: TemplateFolder, own: TemplateFolder): TemplateFolder {
  const names = new Set([...base.languages.keys(), ...own.languages.keys()]);
  const languages = [...names].map((name): [string, Files] => [
    name,
    new Map([
      ...(base.languages.get(name) ?? []),
      ...(own.layout ? [[LAYOUT, own.layout] as const] : []),
      ...(own.languages.get(name) ?? []),
    ]),
  ]);
  return { path: own.path, languages: new Map(languages) };
}

async function readLanguage(folder: string): Promise<Files> {
  const files = new Map<string, TemplateFile>();
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (!KNOWN.has(name)) throw new TemplateError(path, 'is none of the mails that are sent');
    files.set(name, await read(path));
  }
  return files;
}

/** What begins with a dot is somebody else's: Kubernetes keeps its own there. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch {
    throw new TemplateError(folder, 'is not a folder that can be read');
  }
}

function languageOf(path: string, name: string): string {
  if (canonicalLocale(name) === name) return name;
  throw new TemplateError(join(path, name), 'is not named after a language, such as fr or pt-BR');
}

/** Line ends and the mark that some editors put in front do not matter. */
async function read(path: string): Promise<TemplateFile> {
  try {
    if ((await stat(path)).size <= MAX_BYTES) {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
      return { path, text: text.replaceAll('\r\n', '\n') };
    }
  } catch {
    throw new TemplateError(path, 'cannot be read as UTF-8 text');
  }
  throw new TemplateError(path, `is larger than ${MAX_BYTES} bytes`);
}
