import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cleanUpCli, cli, compileCli } from '../process/cli-support.js';
import { removeProgram } from '../support/server-process.js';
import { describeFleet, Fleet, FULL } from './fleet.js';
import { violations } from './invariants.js';
import { Load } from './load.js';

/** Sessions that are over. */
const ROWS = FULL ? 1_000_000 : 30_000;
/** Rows a statement, as `Sweep` has it. */
const BATCH = 1000;
/** Of the time that all of it takes, the part for which one statement may hold its locks, and anybody may wait. */
const PART = FULL ? 1 / 50 : 1 / 4;

jest.setTimeout(FULL ? 1_200_000 : 120_000);

/** The longest that anybody waits for a lock right now, in milliseconds. */
const WAITING = `
  SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart) * 1000), 0)::float8 AS waited
    FROM pg_locks WHERE NOT granted`;

/** Each deletion notes how many rows it took, and for how many milliseconds its transaction has held them. */
const NOTE = `
  CREATE SCHEMA watch;
  CREATE TABLE watch.deletions (rows integer, held float8);
  CREATE FUNCTION watch.note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO watch.deletions
      SELECT count(*), extract(epoch FROM clock_timestamp() - now()) * 1000 FROM gone;
      RETURN NULL;
    END $$;
  CREATE TRIGGER zz_note AFTER DELETE ON sessions REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION watch.note()`;

const NOTED = 'SELECT max(rows) AS rows, max(held) AS held FROM watch.deletions';

describeFleet('Many rows that are over', () => {
  const fleet = new Fleet();

  beforeAll(async () => {
    compileCli();
    await fleet.start();
  });
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
    cleanUpCli();
  });

  it(`Z10 ${String(ROWS)} are swept by two at once, under load: in small parts, and nobody stands behind`, async () => {
    const { id } = await fleet.cast.member();
    await fleet.query(
      `INSERT INTO sessions (id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, transport, secret_hash)
       SELECT gen_random_uuid(), '${id}', '{pwd}', at, at, at, at + interval '1 day', 'cookie', sha256(n::text::bytea)
         FROM (SELECT n, now() - interval '30 days' + n * interval '1 second' AS at FROM generate_series(1, ${String(ROWS)}) n) x`,
    );
    await fleet.query('ANALYZE sessions');
    await fleet.query(NOTE);
    const load = await Load.on(fleet, { rate: FULL ? 40 : 25 });
    await sleep(FULL ? 10_000 : 2000);
    const before = load.answers.length;

    let waited = 0;
    const watcher = new pg.Client({ connectionString: await fleet.primary.url('fleet') });
    await watcher.connect();
    const environment = await fleet.environment(0);
    const began = performance.now();
    let swept: string[] | undefined;
    const sweeping = Promise.all([1, 2].map(() => cli('clearsessions', '', environment))).then(
      (ends) => {
        swept = ends.map(({ out }) => out);
      },
    );
    while (swept === undefined) {
      waited = Math.max(waited, await longestWait(watcher));
      await sleep(15);
    }
    await sweeping;
    const took = performance.now() - began;
    const during = load.answers.slice(before).map(({ millis }) => millis);
    await watcher.end();
    await load.stop();

    const removed = swept.map((out) => Number(/removed: (\d+)/.exec(out)?.[1]));
    const [{ rows, held }] = (await fleet.query<Noted>(NOTED)) as [Noted];
    report({
      took,
      removed,
      held,
      waited,
      calm: load.answers.slice(0, before).map(({ millis }) => millis),
      during,
    });
    expect(removed.reduce((a, b) => a + b)).toBe(ROWS);
    expect(rows).toBe(BATCH);
    expect(held).toBeLessThan(took * PART);
    expect(waited).toBeLessThan(took * PART);
    expect(Math.max(...during)).toBeLessThan(took);
    expect(
      Object.keys(load.counted()).filter((status) => status === '0' || status >= '500'),
    ).toEqual([]);
    expect(await load.ledger.check()).toEqual([]);
    expect(await violations(fleet)).toEqual({});
  });
});

interface Noted {
  readonly rows: number;
  readonly held: number;
}

async function longestWait(watcher: pg.Client): Promise<number> {
  return (await watcher.query<{ waited: number }>(WAITING)).rows[0]?.waited ?? 0;
}

interface Told {
  readonly took: number;
  readonly removed: readonly number[];
  readonly held: number;
  readonly waited: number;
  readonly calm: readonly number[];
  readonly during: readonly number[];
}

function report({ took, removed, held, waited, calm, during }: Told): void {
  if (!FULL && process.env['FAULTS_REPORT'] === undefined) return;
  const told = {
    id: 'Z10',
    removed,
    tookMs: Math.round(took),
    heldMs: Math.round(held),
    waitedMs: Math.round(waited),
    calmMs: [part(calm, 0.5), part(calm, 0.99)],
    sweepingMs: [part(during, 0.5), part(during, 0.99)],
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

const part = (values: readonly number[], at: number): number =>
  Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length * at)] ?? 0);
