import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  COUNT,
  eventually,
  expectKept,
  here,
  kill,
  killChildren,
  postmasterIn,
  prepareDatabaseTests,
  query,
  queryPatiently,
  served,
  start,
  startChild,
  usedBefore,
  watchdogsOf,
} from './support.js';

prepareDatabaseTests();

describe('the embedded database', () => {
  it('is back by itself, with every acknowledged row, after its server was killed', async () => {
    usedBefore();
    const told: string[] = [];
    const database = await start({ durable: true, onLog: (message) => told.push(message) });
    await query(database.url, `INSERT INTO letters VALUES ('b')`);
    kill(postmasterIn(here()));
    await eventually(() => told.includes('The database is back.'));
    expect(await queryPatiently(database.url, COUNT)).toEqual([{ letters: 2 }]);
    await database.stop();
    expect(served()).toBe(false);
  });

  it('is back by itself when its watchdog was killed', async () => {
    usedBefore();
    const database = await start();
    const before = postmasterIn(here());
    kill(...watchdogsOf(before));
    await eventually(() => served() && postmasterIn(here()) !== before);
    await expectKept(database.url);
  });

  it('is stopped when the process that started it is killed, and starts again', async () => {
    usedBefore();
    const { child } = await startChild('lives');
    child.kill('SIGKILL');
    await eventually(() => !served());
    expect(readFileSync(join(here(), 'postgres.log'), 'utf8')).toContain('fast shutdown');
    await expectKept((await start()).url);
  });

  it('starts again when the process that started it was killed this very moment', async () => {
    usedBefore();
    const { child } = await startChild('lives');
    const before = postmasterIn(here());
    child.kill('SIGKILL');
    await once(child, 'exit');
    const database = await start();
    expect(database.adopted).toBe(false);
    expect(postmasterIn(here())).not.toBe(before);
    await expectKept(database.url);
  });

  it('starts again when owner and watchdog were killed and the server is an orphan', async () => {
    usedBefore();
    const { child } = await startChild('lives');
    const before = postmasterIn(here());
    child.kill('SIGSTOP'); // so that it sees nothing of what comes
    kill(...watchdogsOf(before), child.pid!);
    await once(child, 'exit');
    expect(served()).toBe(true);
    const database = await start();
    expect(postmasterIn(here())).not.toBe(before);
    expect(database.adopted).toBe(false);
    await expectKept(database.url);
  });

  it('starts again when its whole process group was killed together with the owner', async () => {
    usedBefore();
    const { child } = await startChild('lives');
    const postmaster = postmasterIn(here());
    child.kill('SIGSTOP');
    kill(...watchdogsOf(postmaster), postmaster, child.pid!);
    await expectKept((await start()).url);
  });

  it.each(['sleep', 'postgres'])(
    'starts although its old process id now belongs to another program (%s)',
    async (name) => {
      usedBefore();
      const program = join(dirname(here()), name);
      copyFileSync('/bin/sleep', program);
      const stranger = spawn(program, ['60'], { stdio: 'ignore' });
      const cluster = join(here(), 'postgres');
      const lines = [stranger.pid, cluster, '1', '5432', cluster, '', '1 1', 'ready   ', ''];
      writeFileSync(join(cluster, 'postmaster.pid'), lines.join('\n'));
      writeFileSync(join(cluster, '.s.PGSQL.5432.lock'), lines.slice(0, 5).join('\n'));
      const database = await start();
      await expectKept(database.url);
      expect(stranger.exitCode).toBeNull();
      stranger.kill('SIGKILL');
    },
  );

  it('goes on when the process that had started it ends', async () => {
    usedBefore();
    const { child } = await startChild('lives');
    const database = await start();
    expect(database.adopted).toBe(true);
    child.kill('SIGTERM');
    await eventually(() => !database.adopted);
    await expectKept(database.url);
  });

  it('begins anew after its making was interrupted', async () => {
    const unfinished = (): string[] =>
      readdirSync(dirname(here()), { recursive: true, encoding: 'utf8' }).filter((name) =>
        /unfinished-[^/]+\/data\/PG_VERSION$/.test(name),
      );
    const interrupted = startChild('lives').catch((error: unknown) => error);
    await eventually(() => unfinished().length > 0);
    killChildren();
    await interrupted;
    const database = await start();
    expect(await query(database.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(unfinished()).toEqual([]);
  });
});
