import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisAddress } from '../../src/config/redis-address.js';
import { newRedis } from '../../src/database/redis/redis-client.js';
import { freePort } from '../faults/free-port.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';

describe('The address of a Redis', () => {
  it.each([
    ['redis://cache:6379', { url: 'redis://cache:6379' }],
    ['rediss://u:p@cache/1', { url: 'rediss://u:p@cache/1' }],
    [
      'redis+sentinel://u:p%40ss@one:1234,two/mine',
      {
        sentinels: [
          { host: 'one', port: 1234 },
          { host: 'two', port: 26_379 },
        ],
        name: 'mine',
        username: 'u',
        password: 'p@ss',
      },
    ],
    ['redis+sentinel://one', undefined],
    ['redis+sentinel://one,/mine', undefined],
    ['redis+sentinel://one:99999/mine', undefined],
    ['http://cache', undefined],
  ])('%s', (text, address) => {
    expect(redisAddress(text)).toEqual(address);
  });
});

const title = hasRedis
  ? 'A Redis that Sentinel knows'
  : 'A Redis that Sentinel knows (skipped: redis-server is not installed)';

(hasRedis ? describe : describe.skip)(title, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sentinel-'));
  const [first, second] = [new RedisServer(), new RedisServer()];
  let sentinel: ChildProcess | undefined;

  afterAll(async () => {
    sentinel?.kill('SIGKILL');
    await Promise.all([first.kill(), second.kill()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const portOf = ({ url }: RedisServer) => new URL(url).port;

  it('is found again where it is after a failover', async () => {
    await Promise.all([first.start(), second.start()]);
    await second.use((redis) => redis.call('REPLICAOF', '127.0.0.1', portOf(first)));
    const port = await freePort();
    const file = join(folder, 'sentinel.conf');
    writeFileSync(
      file,
      `port ${String(port)}\nsentinel monitor mine 127.0.0.1 ${portOf(first)} 1\nsentinel down-after-milliseconds mine 500\nsentinel failover-timeout mine 3000\n`,
    );
    sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore', cwd: folder });
    const redis = newRedis(`redis+sentinel://127.0.0.1:${String(port)}/mine`);
    redis.on('error', () => undefined);
    const set = async (value: string): Promise<boolean> => {
      for (let i = 0; i < 150; i++) {
        if (await redis.set('key', value).catch(() => undefined)) return true;
        await sleep(100);
      }
      return false;
    };
    expect(await set('before')).toBe(true);
    for (let i = 0; i < 150; i++) {
      const said = spawnSync('redis-cli', ['-p', String(port), 'sentinel', 'replicas', 'mine']);
      if (said.stdout.toString().includes(portOf(second))) break;
      await sleep(100);
    }
    await first.kill();
    expect(await set('after')).toBe(true);
    expect(await second.use((other) => other.get('key'))).toBe('after');
    redis.disconnect();
  });
});
