import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { socketDirectory } from '../../src/database/embedded/socket-directory.js';
import {
  eventually,
  expectKept,
  here,
  moveTo,
  prepareDatabaseTests,
  query,
  served,
  start,
  startChild,
  usedBefore,
} from './support.js';

prepareDatabaseTests();

describe('the embedded database', () => {
  it('is made on first start, in UTF-8, with private files', async () => {
    const database = await start({ durable: true });
    const sql = `SELECT current_user AS role, current_database() AS name, lower('É') AS lower,
      current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync`;
    const names = { role: 'gatehouse', name: 'gatehouse' };
    const expected = [{ ...names, lower: 'é', encoding: 'UTF8', fsync: 'on' }];
    expect(await query(database.url, sql)).toEqual(expected);
    expect(database.adopted).toBe(false);
    for (const file of ['postgres/gatehouse.password', 'postgres.log', 'postgres.owner']) {
      expect(statSync(join(here(), file)).mode & 0o077).toBe(0);
    }
    const wrong = database.url.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('keeps data and address from start to start, and leaves nothing running', async () => {
    usedBefore();
    const first = await start();
    await first.stop();
    expect(served()).toBe(false);
    const second = await start();
    expect(second.url).toBe(first.url);
    await expectKept(second.url);
  });

  it('is started once when two processes start on a fresh directory at the same time', async () => {
    const said = await Promise.all([1, 2].map(() => startChild('lives')));
    expect(said.map(({ adopted }) => adopted).sort()).toEqual([false, true]);
    expect(said[0]?.url).toBe(said[1]?.url);
    const left = readdirSync(here()).filter((name) => /unfinished|lock/.test(name));
    expect(left).toEqual([]);
  });

  it('is not stopped by a process that found it running', async () => {
    usedBefore();
    const { url, child } = await startChild('lives');
    await (await start()).stop();
    await expectKept(url);
    expect(child.exitCode).toBeNull();
  });

  it('does not keep a program alive that has nothing left to do', async () => {
    usedBefore();
    const { child } = await startChild('ends');
    await eventually(() => child.exitCode !== null);
    expect(child.exitCode).toBe(0);
    await eventually(() => !served());
  });

  it('works where the path is too long for a socket', async () => {
    moveTo('x'.repeat(120));
    usedBefore();
    const database = await start();
    const socket = socketDirectory(join(here(), 'postgres'));
    expect(database.url).toContain(encodeURIComponent(socket));
    await expectKept(database.url);
    await database.stop();
    rmSync(socket, { recursive: true });
  });

  it('says plainly that data are of another major version', async () => {
    usedBefore();
    writeFileSync(join(here(), 'postgres/PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/was written by PostgreSQL 17/);
  });

  it('says why it cannot start', async () => {
    usedBefore();
    writeFileSync(join(here(), 'postgres/postgresql.conf'), 'shared_buffers = plenty\n');
    writeFileSync(join(here(), 'postgres/postgresql.auto.conf'), 'nonsense = 1\n');
    await expect(start()).rejects.toThrow(/unrecognized configuration parameter "nonsense"/);
    expect(served()).toBe(false);
  });
});
