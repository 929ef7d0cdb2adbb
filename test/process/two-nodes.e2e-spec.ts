import { setTimeout as sleep } from 'node:timers/promises';
import { removeProgram } from '../support/server-process.js';
import { type SignedIn, times, TwoNodes } from './two-nodes.js';

jest.setTimeout(120_000);

describe('Two nodes', () => {
  const fleet = new TwoNodes();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const livingTokens = async (tokens: Iterable<string>) => {
    const answers = await Promise.all(
      [...tokens].map((refreshToken) => fleet.post(0, 'refresh', { refreshToken })),
    );
    return answers.filter(({ status }) => status === 200).length;
  };

  it('F02 give 50 who show one refresh token at once one successor, 200 times', async () => {
    let { refreshToken } = await fleet.signedIn('token');
    for (let round = 0; round < 200; round++) {
      const answers = await Promise.all(
        times(50, (i) => fleet.post(i % 2, 'refresh', { refreshToken })),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const successors = new Set(answers.map(({ body }) => body['refreshToken'] ?? ''));
      expect(successors.size).toBe(1);
      [refreshToken = ''] = successors;
    }
    expect(await livingTokens([refreshToken])).toBe(1);
  });

  it('leave nothing alive of 50 sign-outs against 50 refreshes', async () => {
    for (let round = 0; round < 10; round++) {
      const { refreshToken, sessionId } = await fleet.signedIn('token');
      const answers = await Promise.all(
        times(100, (i) =>
          fleet.post(i % 2, (i >> 1) % 2 === 0 ? 'refresh' : 'logout', { refreshToken }),
        ),
      );
      const given = answers.flatMap(({ body }) => body['refreshToken'] ?? []);
      expect(await livingTokens([refreshToken, ...new Set(given)])).toBe(0);
      const rows = await fleet.database.query<unknown[]>('SELECT 1 FROM sessions WHERE id = $1', [
        sessionId,
      ]);
      expect(rows).toEqual([]);
    }
  });

  it('Y10 leave nothing alive of somebody deactivated amid refreshes', async () => {
    for (let round = 0; round < 20; round++) {
      const { refreshToken, userId } = await fleet.signedIn('token');
      const off = 'UPDATE users SET is_active = false WHERE id = $1';
      const [, ...answers] = await Promise.all([
        sleep(round % 5).then(() => fleet.database.query(off, [userId])),
        ...times(20, (i) => fleet.post(i % 2, 'refresh', { refreshToken })),
      ]);
      const given = answers.flatMap(({ body }) => body['refreshToken'] ?? []);
      expect(await livingTokens([refreshToken, ...new Set(given)])).toBe(0);
    }
  });

  /** Ways to end a session on the first node or behind both nodes' backs. */
  const endings: ((who: SignedIn) => Promise<unknown>)[] = [
    ({ sessionId }) => fleet.database.query('DELETE FROM sessions WHERE id = $1', [sessionId]),
    ({ userId }) =>
      fleet.database.query('UPDATE users SET is_active = false WHERE id = $1', [userId]),
    ({ userId }) => fleet.database.query('DELETE FROM users WHERE id = $1', [userId]),
  ];

  it('refuse on one what was ended elsewhere, 1,000 times, none accepted after a second', async () => {
    const late: number[] = [];
    for (let batch = 0; batch < 20; batch++) {
      const all = await Promise.all(times(50, () => fleet.signedIn()));
      await Promise.all(
        all.map(async (who, i) => {
          for (const node of [0, 1]) expect((await fleet.me(node, who.cookie)).status).toBe(200);
          await endings[i % endings.length]?.(who);
          const ended = performance.now();
          while ((await fleet.me(1, who.cookie)).status !== 401) await sleep(1);
          late.push(performance.now() - ended);
        }),
      );
    }
    expect(late).toHaveLength(1000);
    expect(Math.max(...late)).toBeLessThan(1000);
  });

  it('accept nothing on the very node that has answered that it is over', async () => {
    for (let round = 0; round < 200; round++) {
      const { refreshToken } = await fleet.signedIn('token');
      const { body } = await fleet.post(0, 'refresh', { refreshToken });
      const bearer = { authorization: `Bearer ${body['accessToken'] ?? ''}` };
      expect((await fleet.me(0, bearer)).status).toBe(200);
      expect((await fleet.post(0, 'logout', {}, bearer)).status).toBe(204);
      expect((await fleet.me(0, bearer)).status).toBe(401);
    }
  });

  it('answer rightly while the announcements of one are cut again and again', async () => {
    const cut = () =>
      fleet.database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse news' AND datname = current_database()",
      );
    const cutting = new AbortController();
    const cutter = (async () => {
      while (!cutting.signal.aborted) {
        await cut();
        await sleep(40);
      }
    })();
    let wrong = 0;
    for (let round = 0; round < 150; round++) {
      const [gone, stays] = [await fleet.signedIn(), await fleet.signedIn()];
      for (const who of [gone, stays]) expect((await fleet.me(1, who.cookie)).status).toBe(200);
      await endings[round % endings.length]?.(gone);
      await sleep(20);
      if ((await fleet.me(1, gone.cookie)).status !== 401) wrong++;
      if ((await fleet.me(1, stays.cookie)).status !== 200) wrong++;
    }
    cutting.abort();
    await cutter;
    expect(wrong).toBe(0);
  });
});
