import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PROGRAMS = resolve('test/docs/generated-client');
const GENERATE = resolve('node_modules/openapi-typescript/bin/cli.js');
const COMPILE = resolve('node_modules/typescript/bin/tsc');

/** A front end of its own: strict, with nothing of ours in reach. */
const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    target: 'ES2023',
    module: 'NodeNext',
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    types: ['node'],
    skipLibCheck: true,
  },
  include: ['*.mts', '*.ts'],
};

interface Run {
  readonly exitCode: number;
  readonly output: string;
}

describe('A client generated from the document', () => {
  let test: TestApp;
  let url: string;
  let folder: string;

  const run = (...command: string[]): Promise<Run> =>
    new Promise((done) => {
      execFile(process.execPath, command, { cwd: folder }, (error, stdout, stderr) => {
        const exitCode = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        done({ exitCode, output: stdout + stderr });
      });
    });

  const compile = (program: string, ...options: string[]): Promise<Run> => {
    copyFileSync(join(PROGRAMS, `${program}.mts.txt`), join(folder, `${program}.mts`));
    return run(COMPILE, '--pretty', 'false', ...options);
  };

  beforeAll(async () => {
    test = await startTestApp();
    await test.app.listen(0, '127.0.0.1');
    const { port } = test.app.getHttpServer().address() as AddressInfo;
    url = `http://127.0.0.1:${String(port)}`;
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-client-'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    const made = await run(GENERATE, `${url}/docs/openapi.json`, '-o', 'gatehouse.ts');
    expect(made).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    await test.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('compiles, and registers, verifies, signs in and reads herself', async () => {
    expect(await compile('story', '--noEmit')).toEqual({ exitCode: 0, output: '' });
    await compile('story');
    const { exitCode, output } = await run('story.mjs', url, join(test.settings.dataDir, 'outbox'));
    expect({ exitCode, ...(JSON.parse(output) as object) }).toEqual({
      exitCode: 0,
      complaints: ['password password_too_short'],
      earlyCode: 'email_not_verified',
      expiresIn: 300,
      same: true,
      firstName: 'Ann',
      locale: null,
      timezone: null,
    });
  }, 60_000);

  it('does not compile where it misspells the API', async () => {
    const { exitCode, output } = await compile('mistakes', '--noEmit');
    expect(exitCode).not.toBe(0);
    const refused = [...output.matchAll(/^mistakes\.mts\((\d+),/gm)].map(([, line]) => line);
    const lines = readFileSync(join(folder, 'mistakes.mts'), 'utf8').split('\n');
    const marked = lines.flatMap((line, i) => (line.endsWith('// mistake') ? [String(i + 1)] : []));
    expect(marked).toHaveLength(6);
    expect([...new Set(refused)]).toEqual(marked);
  }, 60_000);

  it('compiles what the guides for the front end show', async () => {
    const guides = ['docs/frontend.md', 'docs/two-factor.md']
      .map((name) => readFileSync(name, 'utf8'))
      .join('\n');
    const blocks = [...guides.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
    expect(blocks.length).toBeGreaterThan(6);
    const names = ['api', 'errors']; // what the others import
    const shown = join(folder, 'guide');
    mkdirSync(shown);
    copyFileSync(join(folder, 'gatehouse.ts'), join(shown, 'gatehouse.ts'));
    for (const [i, code] of blocks.entries()) {
      writeFileSync(join(shown, `${names[i] ?? `block-${i}`}.ts`), code);
    }
    const project = { ...TSCONFIG, include: ['*.ts'] };
    writeFileSync(join(shown, 'tsconfig.json'), JSON.stringify(project));
    const checked = await run(COMPILE, '--pretty', 'false', '--noEmit', '-p', 'guide');
    expect(checked).toEqual({ exitCode: 0, output: '' });
  }, 60_000);
});
