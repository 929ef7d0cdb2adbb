import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileSources } from '../support/compiled-sources.js';
import { schemaOf } from '../support/schema.js';
import { FULL, itInFull } from './fleet.js';
import { Postgres } from './postgres-pair.js';

jest.setTimeout(300_000);

/** At which part of its statements a run is killed. */
const MOMENTS = FULL ? [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] : [0, 0.6];
/** Seconds for which a run is held at its statement, so that it can be killed there. */
const HELD = 2;

describe('Migrations that fail', () => {
  const workshop = mkdtempSync(join(tmpdir(), 'gatehouse-migrations-'));
  const children = new Set<ChildProcess>();
  let postgres: Postgres;
  /** What a run makes that nothing disturbs, and in how many statements. */
  let clean: string[];
  let statements: number;

  const database = (name: string) => ({
    query: <T extends object>(sql: string) => postgres.query<T>(sql, name),
  });

  /** An empty one, whose runs stop at that statement; it counts them, and keeps the count when they are taken back. */
  const create = async (name: string, stopAt = 0) => {
    await postgres.query(`CREATE DATABASE ${name}`);
    await postgres.query(
      `CREATE SCHEMA watch;
       CREATE SEQUENCE watch.statements;
       CREATE FUNCTION watch.hold() RETURNS event_trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF nextval('watch.statements') = ${String(stopAt)} THEN PERFORM pg_sleep(${String(HELD)}); END IF;
         END $$;
       CREATE EVENT TRIGGER hold ON ddl_command_end EXECUTE FUNCTION watch.hold()`,
      name,
    );
  };

  const migrate = async (name: string) => {
    const child = spawn(process.execPath, [join(workshop, 'src/cli/main.js'), 'migrate'], {
      cwd: workshop,
      env: { PATH: process.env['PATH'], DATABASE_URL: await postgres.url(name) },
      stdio: 'pipe',
    });
    children.add(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    const ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      out,
      err,
    }));
    return { child, ended };
  };

  const run = async (name: string) => (await migrate(name)).ended;

  /** Waits until a run sleeps at its statement. */
  const held = async (name: string) => {
    const sql = `SELECT pid FROM pg_stat_activity WHERE datname = '${name}' AND wait_event = 'PgSleep'`;
    for (let i = 0; i < 1500; i++) {
      if ((await postgres.query(sql)).length > 0) return;
      await sleep(20);
    }
    throw new Error('No run came so far');
  };

  beforeAll(async () => {
    compileSources(workshop);
    mkdirSync(join(workshop, 'primary'));
    postgres = Postgres.create(join(workshop, 'primary'));
    await postgres.start();
    await create('clean');
    expect(await run('clean')).toMatchObject({ code: 0 });
    const sql = 'SELECT last_value::int AS n FROM watch.statements';
    statements = (await postgres.query<{ n: number }>(sql, 'clean'))[0]?.n ?? 0;
    clean = await schemaOf(database('clean'));
    expect(clean.length).toBeGreaterThan(500);
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await postgres.kill();
    rmSync(workshop, { recursive: true, force: true, maxRetries: 5 });
  });

  it('T11 run again: nothing is left to apply, and nothing has changed', async () => {
    expect(await run('clean')).toMatchObject({ code: 0, out: 'Nothing to apply.\n' });
    expect(await schemaOf(database('clean'))).toEqual(clean);
  });

  it.each(MOMENTS)(
    'T11 killed at part %d of its statements, and run again at once: all or nothing, and then as if never killed',
    async (part) => {
      const name = `killed_${String(part * 10)}`;
      await create(name, Math.max(1, Math.round(part * statements)));
      const { child, ended } = await migrate(name);
      await held(name);
      child.kill('SIGKILL');
      await ended;
      const noted = `SELECT 1 AS one FROM pg_class WHERE relname = 'users'`;
      expect(await postgres.query(noted, name)).toEqual([]);
      expect(await run(name)).toMatchObject({ code: 0, err: '' });
      expect(await schemaOf(database(name))).toEqual(clean);
    },
  );

  itInFull(
    'T11 when PostgreSQL is killed in the middle: the run fails and says so, the next one makes it whole',
    async () => {
      await create('crashed', Math.round(statements / 2));
      const { ended } = await migrate('crashed');
      await held('crashed');
      await postgres.kill();
      const { code, err } = await ended;
      expect(code).toBe(1);
      expect(err).not.toMatch(/^\s+at /m);
      await postgres.start();
      expect(await run('crashed')).toMatchObject({ code: 0 });
      expect(await schemaOf(database('crashed'))).toEqual(clean);
    },
  );

  it('T11 three at once: one migrates, the others wait for it and find nothing to do', async () => {
    await create('raced', Math.round(statements / 2));
    const ends = await Promise.all(['raced', 'raced', 'raced'].map(run));
    expect(ends.map(({ code, err }) => ({ code, err }))).toEqual(
      Array.from({ length: 3 }, () => ({ code: 0, err: '' })),
    );
    const idle = ends.filter(({ out }) => out === 'Nothing to apply.\n');
    expect(idle).toHaveLength(2);
    expect(await schemaOf(database('raced'))).toEqual(clean);
  });

  itInFull('T11 one that waits takes over from one that is killed', async () => {
    await create('inherited', Math.round(statements / 2));
    const first = await migrate('inherited');
    await held('inherited');
    const second = run('inherited');
    await waitsForLock('inherited');
    first.child.kill('SIGKILL');
    expect(await second).toMatchObject({ code: 0, err: '' });
    expect(await schemaOf(database('inherited'))).toEqual(clean);
  });

  const waitsForLock = async (name: string) => {
    const sql = `SELECT pid FROM pg_stat_activity WHERE datname = '${name}' AND wait_event = 'advisory'`;
    for (let i = 0; i < 400 && (await postgres.query(sql)).length === 0; i++) await sleep(20);
  };
});
