import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OneTimeToken, type TokenPurpose } from '../../src/account/proof/one-time-token.entity.js';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { userRow } from '../../src/users/new-user.js';
import { User } from '../../src/users/user.entity.js';
import { someEmail } from '../support/make.js';
import { removeProgram } from '../support/server-process.js';
import { times, TwoNodes } from './two-nodes.js';

jest.setTimeout(180_000);

const KILLS = 6;
const PEOPLE = 40;

interface Link {
  readonly userId: string;
  readonly from: string;
  readonly to: string;
  readonly token: string;
}

/** Security catalogue 5.B: happened whole, or can be repeated; and no link works twice. */
describe('A server that is killed while addresses are proved', () => {
  const fleet = new TwoNodes({ REQUESTS_PER_ADDRESS: '1000000' });

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  /** Somebody with a link in her mail, as the server writes it. */
  const withLink = async (purpose: TokenPurpose, prefix: string): Promise<Link> => {
    const [from, to] = [someEmail('old'), someEmail('new')];
    const emailVerified = purpose !== 'verify_email';
    const user = userRow({ email: from, passwordHash: null, emailVerified }, new Date());
    await fleet.database.getRepository(User).insert(user);
    const token = OpaqueToken.issue(prefix);
    const email = purpose === 'verify_email' ? from : to;
    await fleet.database.getRepository(OneTimeToken).insert({
      id: token.id,
      userId: user.id,
      purpose,
      secretHash: token.hash,
      email,
      about: { email, sessionId: user.id },
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    return { userId: user.id, from, to, token: token.reveal() };
  };

  /** Follows all links at once, kills the server in the middle, and follows them again at the other node. */
  const killAmid = async (links: readonly Link[], path: string): Promise<number[]> => {
    const firsts = links.map(({ token }) =>
      fleet.post(0, path, { token }).catch(() => ({ status: 0 })),
    );
    await sleep((randomBytes(1)[0] ?? 0) / 3);
    const back = fleet.replace(0);
    const first = await Promise.all(firsts);
    const second = await Promise.all(links.map(({ token }) => fleet.post(1, path, { token })));
    const third = await Promise.all(links.map(({ token }) => fleet.post(1, path, { token })));
    await back;
    // An answer that was lost may have been a yes; one that came was kept.
    for (const [i, { status }] of first.entries()) {
      if (status === 204) expect(second[i]?.status).toBe(400);
      else expect([204, 400]).toContain(second[i]?.status);
    }
    expect(new Set(third.map(({ status }) => status))).toEqual(new Set([400]));
    return second.map(({ status }) => status);
  };

  const ids = (links: readonly Link[]) => links.map(({ userId }) => userId);
  const count = async (sql: string, links: readonly Link[]): Promise<number> => {
    const [row] = await fleet.database.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM ${sql}`,
      [ids(links)],
    );
    return row?.n ?? -1;
  };

  it('each address is proved once, and no link is left', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const links = await Promise.all(times(PEOPLE, () => withLink('verify_email', 'ghv')));
      await killAmid(links, 'email/verify');
      expect(await count('users WHERE id = ANY($1) AND email_verified_at IS NOT NULL', links)).toBe(
        PEOPLE,
      );
      expect(await count('one_time_tokens WHERE user_id = ANY($1)', links)).toBe(0);
    }
  });

  it('each address is changed once, and each former one has one link to undo it', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const links = await Promise.all(times(PEOPLE, () => withLink('change_email', 'ghe')));
      await killAmid(links, 'email/change/confirm');
      const rows = await fleet.database.query<{ id: string; email: string }[]>(
        'SELECT id, email FROM users WHERE id = ANY($1)',
        [ids(links)],
      );
      expect(new Map(rows.map(({ id, email }) => [id, email]))).toEqual(
        new Map(links.map(({ userId, to }) => [userId, to])),
      );
      const undoable = `one_time_tokens WHERE user_id = ANY($1) AND purpose = 'undo_email_change'`;
      expect(await count(undoable, links)).toBe(PEOPLE);
      expect(await count('one_time_tokens WHERE user_id = ANY($1)', links)).toBe(PEOPLE);
    }
  });

  it('each change is undone once', async () => {
    const links = await Promise.all(times(PEOPLE, () => withLink('undo_email_change', 'ghu')));
    await killAmid(links, 'email/change/undo');
    expect(await count('one_time_tokens WHERE user_id = ANY($1)', links)).toBe(0);
    const rows = await fleet.database.query<{ id: string; email: string }[]>(
      'SELECT id, email FROM users WHERE id = ANY($1)',
      [ids(links)],
    );
    expect(new Map(rows.map(({ id, email }) => [id, email]))).toEqual(
      new Map(links.map(({ userId, to }) => [userId, to])),
    );
  });
});
