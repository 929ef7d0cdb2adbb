import { setTimeout as sleep } from 'node:timers/promises';
import { User } from '../../src/users/user.entity.js';
import { GOOD_PASSWORD } from '../support/make.js';
import { olderHash } from '../support/older-hash.js';
import { removeProgram } from '../support/server-process.js';
import { type Reply, type SignedIn, times, TwoNodes } from './two-nodes.js';

const KILLS = Number(process.env['KILLS'] ?? 5);
jest.setTimeout(60_000 + KILLS * 12_000);
const CLIENTS = 20;

/** What a client was given in the course of its life, the newest last. */
interface Held extends SignedIn {
  readonly tokens: string[];
}

/** `kill -9` in the middle of refreshing; everybody comes back to the same server, started anew. */
describe('A server that is killed and starts again', () => {
  // What is asked of old tokens counts as made up.
  const fleet = new TwoNodes({ REQUESTS_PER_ADDRESS: '1000000' });

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const refresh = (refreshToken: string) => fleet.post(0, 'refresh', { refreshToken });
  const clients = (count: number): Promise<Held[]> =>
    Promise.all(
      times(count, async () => {
        const who = await fleet.signedIn('token');
        return { ...who, tokens: [who.refreshToken] };
      }),
    );
  const newestOf = ({ tokens }: Held) => tokens.at(-1) ?? '';
  /** Refreshes again and again, until an answer is lost. */
  const refreshUntilLost = async (who: Held): Promise<void> => {
    for (;;) {
      const answer = await refresh(newestOf(who)).catch(() => undefined);
      if (answer === undefined) return;
      expect(answer.status).toBe(200);
      who.tokens.push(answer.body['refreshToken'] ?? '');
    }
  };
  const killAmidRefreshes = async (all: readonly Held[], after: number) => {
    const lost = Promise.all(all.map(refreshUntilLost));
    await sleep(after);
    await Promise.all([fleet.replace(0), lost]);
  };
  const expectPair = ({ status, body }: Reply): string => {
    expect(status).toBe(200);
    return body['refreshToken'] ?? '';
  };
  const signIn = async ({ userId }: SignedIn): Promise<Reply> => {
    const users = fleet.database.getRepository(User);
    await users.update(userId, { passwordHash: olderHash() });
    const { email } = await users.findOneByOrFail({ id: userId });
    return fleet.post(0, 'login', { email, password: GOOD_PASSWORD });
  };
  /** Of all that a client ever held, the newest first: how many go on, each in its own way? */
  const branchesOf = async ({ tokens }: Held): Promise<number> => {
    const branches = new Set<string>();
    for (const token of [...tokens].reverse()) {
      const { status, body } = await refresh(token);
      if (status === 200) branches.add(body['refreshToken'] ?? '');
    }
    return branches.size;
  };

  it('Y01 amid the refreshes of 20 gives each client its pair, and one branch', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const all = await clients(CLIENTS);
      await killAmidRefreshes(all, Math.random() * 150);
      for (const who of all) {
        const token = newestOf(who);
        const next = expectPair(await refresh(token));
        expect(expectPair(await refresh(token))).toBe(next);
        who.tokens.push(expectPair(await refresh(next)));
      }
      expect(await Promise.all(all.map(branchesOf))).toEqual(times(CLIENTS, () => 1));
    }
  });

  it('Y01 ends, when they come back after the grace, no more than what may be stolen', async () => {
    const all = await clients(CLIENTS);
    await killAmidRefreshes(all, 50 + Math.random() * 100);
    await fleet.database.query(
      `UPDATE sessions SET refreshed_at = refreshed_at - interval '21 seconds'`,
    );
    for (const who of all) {
      const answer = await refresh(newestOf(who));
      // Not carried out before the kill: it is still good. Carried out, and its answer lost: sign in.
      if (answer.status === 200) {
        who.tokens.push(expectPair(answer));
        expect(await branchesOf(who)).toBe(1);
      } else {
        expect(answer).toMatchObject({ status: 401, body: { code: 'refresh_token_reused' } });
        expect(await branchesOf(who)).toBe(0);
        expectPair(await signIn(who));
      }
    }
  });

  it('Y01 has one branch, though what it had asked of the database is done after its end', async () => {
    const all = await clients(5);
    const lock = fleet.database.createQueryRunner();
    await lock.startTransaction();
    const ids = all.map(({ sessionId }) => sessionId);
    await lock.query('SELECT 1 FROM sessions WHERE id = ANY($1) FOR UPDATE', [ids]);
    const lost = Promise.all(all.map(refreshUntilLost));
    const waiting = async () => {
      const [row] = await fleet.database.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.count ?? 0;
    };
    while ((await waiting()) < all.length) await sleep(10);
    await Promise.all([fleet.replace(0), lost]);
    expect(await waiting()).toBe(all.length);
    const goingOn = all.map(async (who) => ({
      who,
      next: expectPair(await refresh(newestOf(who))),
    }));
    await sleep(100);
    await lock.commitTransaction();
    await lock.release();
    for (const { who, next } of await Promise.all(goingOn)) {
      expect(expectPair(await refresh(newestOf(who)))).toBe(next);
      who.tokens.push(expectPair(await refresh(next)));
      expect(await branchesOf(who)).toBe(1);
    }
  });
});
