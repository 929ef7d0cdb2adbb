import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Clock } from '../../../src/common/clock.js';
import { readSettings } from '../../../src/config/settings.js';
import { LastSeenService } from '../../../src/sessions/last-seen.service.js';

function lastSeen() {
  const written: string[] = [];
  const dataSource = {
    query: (_: string, [ids]: [string[]]) => {
      written.push(...ids);
      return Promise.resolve([]);
    },
  };
  const service = new LastSeenService(
    dataSource as unknown as DataSource,
    readSettings({}),
    new Clock(),
  );
  const use = (count: number) => {
    for (let i = 0; i < count; i++) service.note(`session ${String(i)}`, Date.now());
  };
  return { service, use, written };
}

describe('When sessions were last used', () => {
  it('is kept in memory until the next minute while they are few', async () => {
    const { service, use, written } = lastSeen();
    use(19_999);
    await sleep(200);
    expect(written).toEqual([]);
    expect(service.of('session 7')).toBeDefined();
  });

  it('is written at once when they are many, and then leaves the memory', async () => {
    const { service, use, written } = lastSeen();
    use(20_000);
    await sleep(200);
    expect(new Set(written).size).toBe(20_000);
    expect(service.of('session 7')).toBeUndefined();
  });
});
