import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compileSources } from '../support/compiled-sources.js';
import { post, ServerProcess } from '../support/server-process.js';
import { run, withDatabase } from '../support/test-database.js';
import { runSession } from './guide-session.js';

const exec = promisify(execFile);
const url = process.env['DATABASE_URL'] ?? '';

const CLONED = [
  ...['src', 'test', 'bench', 'scripts', 'ormconfig.ts', 'package.json', 'tsconfig.json'],
  ...['eslint.config.mjs', '.prettierrc.json', '.prettierignore', 'floors.json'],
];

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** On a copy of the sources, since it writes to them. */
describe('make:resource', () => {
  let clone: string;
  let program: string;

  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), 'gatehouse-make-'));
    program = mkdtempSync(join(tmpdir(), 'gatehouse-make-program-'));
    for (const name of CLONED) cpSync(name, join(clone, name), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules'), join(clone, 'node_modules'));
    compileSources(program);
  });
  afterAll(() => {
    for (const folder of [clone, program]) rmSync(folder, { recursive: true, force: true });
  });

  const node = async (...words: string[]): Promise<Ended> => {
    const ran = exec(process.execPath, words, {
      cwd: clone,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return ran.then(
      ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
      (error: unknown) => {
        const { code, stdout, stderr } = error as Record<'stdout' | 'stderr', string> & {
          code: number;
        };
        return { code, out: stdout, err: stderr };
      },
    );
  };
  const make = (...words: string[]) =>
    node(join(program, 'src/cli/main.js'), 'make:resource', ...words);

  /** Every file of the copy, and what stands in it. */
  const everything = (): Record<string, string> =>
    Object.fromEntries(
      ['src', 'test', 'floors.json'].flatMap((top) => {
        const at = join(clone, top);
        const names = top.includes('.')
          ? ['']
          : readdirSync(at, { recursive: true, withFileTypes: true })
              .filter((entry) => entry.isFile())
              .map((entry) => join(entry.parentPath, entry.name).slice(at.length));
        return names.map((name) => [top + name, readFileSync(at + name, 'latin1')]);
      }),
    );

  it.each([
    ['', 2],
    ['../book', 2],
    ['catalog/thing', 1],
  ])('refuses %j and changes nothing', async (name, code) => {
    const before = everything();
    const ended = await make(name);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toMatch(/missing|no name|there already/);
    expect(everything()).toEqual(before);
  });

  it('leaves nothing behind when a file is not as it was', async () => {
    const words = join(clone, 'src/docs/words.ts');
    const text = readFileSync(words, 'utf8');
    writeFileSync(words, '// rewritten\n');
    const before = everything();
    const { code, err } = await make('library/book');
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('src/docs/words.ts') as string,
    });
    expect(everything()).toEqual(before);
    writeFileSync(words, text);
  });

  describe('makes modules', () => {
    const made: string[] = [];
    const database = withDatabase(url, `make_${process.env['JEST_WORKER_ID'] ?? '1'}`);
    const name = database.slice(database.lastIndexOf('/') + 1);

    beforeAll(async () => {
      await run(url, [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`]);
      const before = everything();
      for (const words of [
        ['library/book'],
        ['order-line'],
        ['staff/person', '--plural', 'people'],
      ]) {
        const { code, err } = await make(...words);
        expect({ code, err }).toMatchObject({ code: 0 });
        expect(err).toContain('npm start');
      }
      const after = everything();
      made.push(...Object.keys(after).filter((file) => after[file] !== before[file]));
      expect(await make('library/book')).toMatchObject({ code: 1, out: '' });
    }, 60_000);
    afterAll(() => run(url, [`DROP DATABASE ${name}`]));

    it('in the folders and the lists where they belong', () => {
      expect(made).toEqual(
        expect.arrayContaining([
          'src/library/book.entity.ts',
          'src/order-lines/order-lines.controller.ts',
          'src/staff/people.service.ts',
          'test/stories/staff-people.e2e-spec.ts',
          ...['floors.json', 'src/entities.ts', 'src/app.module.ts', 'src/docs/words.ts'],
          ...['src/database/migrations/index.ts', 'test/support/things.ts'],
        ]),
      );
    });

    it('that the linter and the formatter have nothing to say about', async () => {
      const linted = await node(
        'node_modules/eslint/bin/eslint.js',
        ...made.filter((file) => file.endsWith('.ts')),
      );
      expect(linted).toEqual({ code: 0, out: '', err: '' });
      const checked = await node(
        'node_modules/prettier/bin/prettier.cjs',
        '--check',
        '--log-level',
        'warn',
        ...made,
      );
      expect(checked).toEqual({ code: 0, out: '', err: '' });
    }, 120_000);

    it('that compile, start, and answer as their access rules say', async () => {
      const built = await node('node_modules/typescript/bin/tsc', '--outDir', 'dist');
      expect(built).toEqual({ code: 0, out: '', err: '' });
      for (const asset of ['mail/templates', 'passwords/common-passwords.bloom']) {
        cpSync(join(clone, 'src', asset), join(clone, 'dist/src', asset), { recursive: true });
      }
      const expected = {
        stranger: [401, 401, 401],
        somebody: [200, 403, 404, 404, 404],
        owner: [200, 201, 200, 200, 204, 404],
      };
      expect(await answers()).toEqual({
        '/v1/library/books': expected,
        '/v1/order-lines': expected,
        '/v1/staff/people': expected,
      });
    }, 120_000);

    it('that let the session of the guide go as it says', async () => {
      const server = new ServerProcess(environment(), join(clone, 'dist'));
      try {
        const place = { base: await server.address(), environment: environment() };
        const session = await runSession('docs/protect-your-resource.md', {
          ...place,
          ...{ folder: join(clone, 'dist'), dataDir: join(clone, 'data') },
        });
        expect(session.promised).toHaveLength(7);
        expect(session.said).toEqual(session.promised);
        expect(session.output).toContain('"name":"Moby-Dick"');
      } finally {
        await server.kill();
      }
    }, 60_000);

    const PASSWORD = 'a violet rides the tram';
    const environment = () => ({
      ...{ DATABASE_URL: database, DATA_DIR: join(clone, 'data'), BREACH_CHECK: 'off' },
      ...{ PATH: process.env['PATH'] ?? '', TWO_FACTOR_REQUIRED_FOR: 'none' },
    });

    /** Dora, Emil and Fred: a superuser, somebody, and somebody who may add things. */
    const makeUsers = async () => {
      for (const email of ['dora@example.com', 'emil@example.com', 'fred@example.com']) {
        const words = ['src/cli/main.js', 'createsuperuser', '--email', email, '--password-stdin'];
        const child = spawn(process.execPath, words, {
          cwd: join(clone, 'dist'),
          env: environment(),
          stdio: ['pipe', 'ignore', 'inherit'],
        });
        child.stdin.end(`${PASSWORD}\n`);
        await once(child, 'close');
      }
      await run(database, [
        `UPDATE users SET is_superuser = false, is_staff = false WHERE email_canonical <> 'dora@example.com'`,
        `INSERT INTO user_permissions (user_id, permission_id, created_at)
         SELECT u.id, p.id, now() FROM users u, permissions p
          WHERE u.email_canonical = 'fred@example.com' AND p.name ~ '\\.add_(book|order_line|person)$'`,
      ]);
    };

    const answers = async (): Promise<unknown> => {
      const server = new ServerProcess(environment(), join(clone, 'dist'));
      try {
        const base = await server.address();
        await makeUsers();
        const paths = ['/v1/library/books', '/v1/order-lines', '/v1/staff/people'];
        const [emil, fred] = [await signIn(base, 'emil'), await signIn(base, 'fred')];
        return Object.fromEntries(
          await Promise.all(
            paths.map(async (path) => [path, await asked(base + path, emil, fred)]),
          ),
        );
      } finally {
        await server.kill();
      }
    };

    const signIn = async (base: string, who: string) => {
      const body = { email: `${who}@example.com`, password: PASSWORD };
      const answer = await post(`${base}/v1/auth/login`, body);
      return ((await answer.json()) as { accessToken: string }).accessToken;
    };

    const asked = async (url: string, emil: string, fred: string) => {
      const ask = async (method: string, at: string, token?: string) => {
        const writes = method === 'POST' || method === 'PATCH';
        const answer = await fetch(at, {
          method,
          headers: {
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...(writes && { 'content-type': 'application/json' }),
          },
          ...(writes && { body: '{"name":"Tram bell"}' }),
        });
        const text = await answer.text();
        return { status: answer.status, id: text && (JSON.parse(text) as { id?: string }).id };
      };
      const added = await ask('POST', url, fred);
      const one = `${url}/${added.id ?? ''}`;
      const all = async (...calls: ReturnType<typeof ask>[]) =>
        (await Promise.all(calls)).map(({ status }) => status);
      const stranger = await all(ask('GET', url), ask('POST', url), ask('GET', one));
      const somebody = await all(
        ...[ask('GET', url, emil), ask('POST', url, emil), ask('GET', one, emil)],
        ...[ask('PATCH', one, emil), ask('DELETE', one, emil)],
      );
      const owner = [(await ask('GET', url, fred)).status, added.status];
      for (const method of ['GET', 'PATCH', 'DELETE', 'GET']) {
        owner.push((await ask(method, one, fred)).status);
      }
      return { stranger, somebody, owner };
    };
  });
});
