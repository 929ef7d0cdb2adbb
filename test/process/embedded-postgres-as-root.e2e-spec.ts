import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  eventually,
  expectKept,
  here,
  prepareDatabaseTests,
  query,
  served,
  start,
  startChild,
  usedBefore,
} from './support.js';

prepareDatabaseTests();

const NOBODY = { uid: 65534, gid: 65534 };
const asRoot = process.getuid?.() === 0;
const othersMayRead =
  asRoot && spawnSync('test', ['-r', __filename], { ...NOBODY, cwd: '/' }).status === 0;

(asRoot ? describe : describe.skip)('the embedded database, when root starts it', () => {
  it('leaves all files root’s own', async () => {
    usedBefore();
    await start();
    expect(statSync(join(here(), 'postgres')).uid).toBe(0);
  });

  (othersMayRead ? it : it.skip)('drops to an account where there is no namespace', async () => {
    usedBefore();
    spawnSync('chmod', ['711', dirname(here())]);
    const dropped = await start({ userNamespaces: false });
    await expectKept(dropped.url);
    expect(statSync(join(here(), 'postgres/PG_VERSION')).uid).not.toBe(0);
    await dropped.stop();
    const again = await start();
    await expectKept(again.url);
    expect(statSync(join(here(), 'postgres/PG_VERSION')).uid).toBe(0);
  });

  it('says what to do when no account can reach the data', async () => {
    await expect(start({ userNamespaces: false })).rejects.toThrow(/start as an ordinary user/);
    expect(served()).toBe(false);
  });

  (othersMayRead ? it : it.skip)('also serves an ordinary user without a home', async () => {
    mkdirSync(here());
    chownSync(dirname(here()), NOBODY.uid, NOBODY.gid);
    chownSync(here(), NOBODY.uid, NOBODY.gid);
    const env = { PATH: process.env['PATH'] };
    const { url, child } = await startChild('lives', { ...NOBODY, env });
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(statSync(join(here(), 'postgres')).uid).toBe(NOBODY.uid);
    child.kill('SIGKILL');
    await eventually(() => !served());
  });
});
