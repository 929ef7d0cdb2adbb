import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transformSync } from '@swc/core';

const REPOSITORY = resolve(__dirname, '../..');

const SWC = {
  swcrc: false,
  configFile: false,
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
    },
  },
} as const;

/** The program as `nest build` would make it, in `src/` of this folder: starts sooner than its sources. */
export function compileSources(folder: string): void {
  cpSync(join(REPOSITORY, 'src'), join(folder, 'src'), { recursive: true });
  const files = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' });
  for (const path of files.filter((name) => name.endsWith('.ts'))) {
    const file = join(folder, 'src', path);
    const { code } = transformSync(readFileSync(file, 'utf8'), { filename: path, ...SWC });
    writeFileSync(file.replace(/ts$/, 'js'), code);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
}
