import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeProgram } from '../support/server-process.js';
import { describeFleet, Fleet, FULL } from './fleet.js';
import { underLoad } from './under-load.js';

jest.setTimeout(240_000);

afterAll(removeProgram);

describeFleet('While the primary database is lost under load', () => {
  const fleet = new Fleet({ replica: true });

  beforeAll(async () => {
    await fleet.start();
    await fleet.synchronous();
  });
  afterAll(() => fleet.stop());

  it('T20 its replica takes over, and nothing acknowledged is lost', () =>
    underLoad(fleet, {
      id: 'T20 failover',
      fault: async () => {
        await fleet.primary.kill();
        await sleep(FULL ? 10_000 : 2000);
      },
      mend: () => fleet.failOver(),
      expect: (_, during) => {
        expect(during).toContain(503);
      },
    }));

  it('T20 a replica that is led to before it is promoted: read, and told to come again', () =>
    underLoad(fleet, {
      id: 'T20 replica',
      fault: async () => {
        await fleet.primary.readOnly(true);
        await sleep(2000);
      },
      mend: () => fleet.primary.readOnly(false),
    }));
});

describeFleet('While the disk of the database is full', () => {
  const fleet = new Fleet({ disk: 400 });
  const ballast = () => join(fleet.folder, 'primary', 'ballast');
  let possible = false;

  beforeAll(async () => {
    possible = fleet.hasDisk;
    if (possible) await fleet.start();
  });
  afterAll(async () => {
    if (possible) await fleet.stop();
  });

  it('X05 what cannot be written is refused, and all is well when there is room again', async () => {
    if (!possible) {
      process.stdout.write('Skipped: a file system of its own cannot be mounted here.\n');
      return;
    }
    await underLoad(fleet, {
      id: 'X05',
      fault: async () => {
        await fleet.query('CREATE TABLE heavy (t text)');
        const words = ['if=/dev/zero', `of=${ballast()}`, 'bs=64k'];
        spawnSync('dd', words, { stdio: 'ignore' });
        expect(existsSync(ballast())).toBe(true);
        const grow = `INSERT INTO heavy SELECT repeat('x', 2000) FROM generate_series(1, 40000)`;
        await expect(fleet.query(grow)).rejects.toThrow(/space|terminat|recovery|closed|reset/i);
        await sleep(FULL ? 20_000 : 3000);
      },
      mend: async () => {
        rmSync(ballast());
        for (let i = 0; i < 100; i++) {
          const up = await fleet.query('CREATE TABLE IF NOT EXISTS room (t text)').then(
            () => true,
            () => false,
          );
          if (up) return;
          await sleep(100);
        }
      },
    });
  });
});
