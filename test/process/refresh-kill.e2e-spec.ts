import { setTimeout as sleep } from 'node:timers/promises';
import { removeProgram } from '../support/server-process.js';
import { times, TwoNodes } from './two-nodes.js';

const KILLS = Number(process.env['KILLS'] ?? 10);
jest.setTimeout(60_000 + KILLS * 12_000);
const CLIENTS = 20;

describe('A server that is killed', () => {
  const fleet = new TwoNodes();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  /** Refreshes until an answer is lost, and tells the token whose answer that was. */
  const refreshUntilLost = async (first: string): Promise<string> => {
    for (let refreshToken = first; ;) {
      const answer = await fleet.post(0, 'refresh', { refreshToken }).catch(() => undefined);
      if (answer === undefined) return refreshToken;
      expect(answer.status).toBe(200);
      refreshToken = answer.body['refreshToken'] ?? '';
    }
  };

  it('Y01 amid the refreshes of 20 clients leaves each client one way on, and nobody two', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const clients = await Promise.all(times(CLIENTS, () => fleet.signedIn('token')));
      const lost = clients.map(({ refreshToken }) => refreshUntilLost(refreshToken));
      await sleep(30 + Math.random() * 150);
      const back = fleet.replace(0);
      const tokens = await Promise.all(lost);
      // The other node goes on at once, whatever the dead one had done.
      const answers = await Promise.all(
        tokens.map((refreshToken) => fleet.post(1, 'refresh', { refreshToken })),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      for (const [i, { body }] of answers.entries()) {
        const again = await fleet.post(1, 'refresh', { refreshToken: tokens[i] });
        expect(again.body['refreshToken']).toBe(body['refreshToken']);
      }
      await back;
    }
  });
});
