import { setTimeout as sleep } from 'node:timers/promises';
import { ApiKey } from '../../src/api-keys/api-key.js';
import type { Problem } from '../../src/common/problem.js';
import { makeKey } from '../support/api-keys.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp } from '../support/test-app.js';

const URL = '/v1/api-keys/revoke-leaked';

describe('Somebody who tells of one key after the other', () => {
  it('has to wait', async () => {
    const test = await startTestApp({ environment: { REQUESTS_PER_ADDRESS: '3' } });
    try {
      await test.database.query('DELETE FROM rate_counters');
      const { client } = new Make(test);
      const guess = () => client.post<Problem>(URL, { key: ApiKey.issue('test').reveal() });
      for (let i = 0; i < 3; i++) expect((await guess()).status).toBe(204);
      const refused = await guess();
      expectProblem(refused, 429, 'too_many_attempts');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await test.close();
    }
  });
});

describe('A key that was told of to one node', () => {
  it('is refused by the other, too, within moments', async () => {
    const nodes = [await startTestApp(), await startTestApp()] as const;
    try {
      const { user } = await new Make(nodes[0]).user();
      const { key } = await makeKey(nodes[0], user.id);
      const there = new Make(nodes[1]).client.withKey(key);
      expect((await there.me()).status).toBe(200);
      expect((await new Make(nodes[0]).client.post(URL, { key })).status).toBe(204);
      const told = Date.now();
      while ((await there.me()).status !== 401) {
        expect(Date.now() - told).toBeLessThan(5000);
        await sleep(20);
      }
    } finally {
      for (const node of nodes) await node.close();
    }
  });
});
