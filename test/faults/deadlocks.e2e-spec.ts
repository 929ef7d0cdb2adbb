import { setTimeout as sleep } from 'node:timers/promises';
import { removeProgram } from '../support/server-process.js';
import type { Answered } from './ask.js';
import { describeFleet, Fleet, FULL } from './fleet.js';
import { violations } from './invariants.js';
import { write, Writer, WRITES } from './writes.js';

interface Wait {
  readonly seconds: number;
  readonly query: string;
}

const WORKERS = 64;
/** Milliseconds of hunting. */
const HUNT = FULL ? 600_000 : 12_000;
/** So many kinds of writes get through at least; most end sessions, so that many find theirs ended. */
const KINDS = FULL ? Object.keys(WRITES).length : 12;
/** Seconds that one may wait for another's lock; what else CI has on its cores makes all of it longer. */
const LONGEST_WAIT = FULL ? 1 : 3;

jest.setTimeout(HUNT + 120_000);

describeFleet('Five people to whom everything happens at once', () => {
  const fleet = new Fleet();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  it(`Y20 ${String(WORKERS)} at work at two nodes, on five people: no deadlock, and nobody waits for a lock for long`, async () => {
    const people = await Promise.all(
      Array.from({ length: 5 }, () => fleet.cast.member({ isSuperuser: true })),
    );
    const boss = await fleet.cast.member({ isSuperuser: true });
    let comes: Promise<Writer> | undefined;
    let came = 0;
    const office = () => {
      if (comes === undefined || performance.now() - came > 120_000) {
        came = performance.now();
        comes = Writer.of(fleet, boss).then((writer) => writer ?? Promise.reject(new Error('no')));
      }
      return comes;
    };
    const groups: string[] = [];
    for (const name of ['one', 'two']) {
      const made = await (await office()).ask('POST', 'groups', { name });
      groups.push(String(made.body['id']));
    }

    const answers: [string, Answered][] = [];
    const waits: Wait[] = [];
    const end = performance.now() + HUNT;
    const hunting = () => performance.now() < end;
    const work = async () => {
      while (hunting()) {
        answers.push(
          ...[await write({ fleet, people, office, groups })].filter((a) => a !== undefined),
        );
      }
    };
    const watch = async () => {
      while (hunting()) {
        waits.push(...(await fleet.query<Wait>(WAITING)));
        await sleep(100);
      }
    };
    await Promise.all([watch(), ...Array.from({ length: WORKERS }, work)]);

    report(answers, waits);
    const [row] = await fleet.query<{ n: number }>(DEADLOCKS);
    expect(row?.n).toBe(0);
    expect(
      answers
        .filter(isFault)
        .map(([name, { status, body, error, millis }]) => [
          Math.round(millis),
          name,
          status,
          body,
          error,
        ]),
    ).toEqual([]);
    expect(waits.filter(({ seconds }) => seconds > LONGEST_WAIT)).toEqual([]);
    const done = new Set(
      answers.filter(([, { status }]) => status > 0 && status < 300).map(([name]) => name),
    );
    expect(done.size).toBeGreaterThanOrEqual(KINDS);
    expect(fleet.complaints()).toEqual([]);
    expect(await violations(fleet)).toEqual({});
  });
});

const DEADLOCKS = `SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()`;

/** Who waits for a lock right now, and since when. */
const WAITING = `
  SELECT extract(epoch FROM clock_timestamp() - l.waitstart)::float8 AS seconds, a.query
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
   WHERE NOT l.granted AND l.waitstart IS NOT NULL AND a.datname = current_database()`;

/**
 * No answer, or one that nobody may ever get here; to come again because all hash is no fault. Nor is a sign-in that is
 * not answered in time: threads that hash come last on the cores, and these are at work all the time.
 */
const isFault = ([name, { status, body }]: [string, Answered]) =>
  (status === 0 && name !== 'sign in') || (status >= 500 && body['code'] !== 'too_busy');

function report(answers: readonly [string, Answered][], waits: readonly Wait[]): void {
  if (!FULL && process.env['FAULTS_REPORT'] === undefined) return;
  const counts: Record<string, Record<string, number>> = {};
  for (const [name, { status }] of answers) {
    const of = (counts[name] ??= {});
    of[status] = (of[status] ?? 0) + 1;
  }
  const longest = [...waits].sort((a, b) => b.seconds - a.seconds).slice(0, 3);
  process.stdout.write(
    `${JSON.stringify({ id: 'Y20', asked: answers.length, longest, counts })}\n`,
  );
}
