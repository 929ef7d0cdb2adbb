import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OneTimeToken } from '../../src/account/proof/one-time-token.entity.js';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { User } from '../../src/users/user.entity.js';
import { removeProgram } from '../support/server-process.js';
import { times, TwoNodes } from './two-nodes.js';

jest.setTimeout(180_000);

const KILLS = 4;
const PEOPLE = 8;
const FIRST = 'a heron sleeps on the roof';
const SECOND = 'a lantern hums in the well';

interface Forgetful {
  readonly userId: string;
  readonly email: string;
  readonly token: string;
}

/** Security catalogue 5.B: a reset has happened whole or can be repeated; and no link works twice. */
describe('A server that is killed while passwords are reset', () => {
  const fleet = new TwoNodes({ REQUESTS_PER_ADDRESS: '1000000', HASH_QUEUE: '100' });

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  /** Somebody with a session and a link in her mail, as the server writes them. */
  const forgetful = async (): Promise<Forgetful> => {
    const { userId } = await fleet.signedIn();
    const { email, emailCanonical } = await fleet.database
      .getRepository(User)
      .findOneByOrFail({ id: userId });
    const token = OpaqueToken.issue('ghp');
    await fleet.database.getRepository(OneTimeToken).insert({
      id: token.id,
      userId,
      purpose: 'reset_password',
      secretHash: token.hash,
      email: emailCanonical,
      about: { email },
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    return { userId, email, token: token.reveal() };
  };

  const reset = (node: number, { token }: Forgetful, newPassword: string) =>
    fleet
      .post(node, 'password/reset', { token, newPassword })
      .then(({ status }) => status)
      .catch(() => undefined);

  /** What is there of it: sessions and links that are left, and resets in the log book. */
  const traces = async ({ userId }: Forgetful) => {
    const [row] = await fleet.database.query<object[]>(
      `SELECT (SELECT count(*)::int FROM sessions WHERE user_id = $1) AS sessions,
              (SELECT count(*)::int FROM one_time_tokens WHERE user_id = $1) AS links,
              (SELECT count(*)::int FROM audit_events
                WHERE subject_id = $1 AND action = 'password_reset' AND outcome = 'success') AS resets,
              (SELECT password_hash IS NOT NULL FROM users WHERE id = $1) AS password`,
      [userId],
    );
    return row;
  };
  const WHOLE = { sessions: 0, links: 0, resets: 1, password: true };
  const NOTHING = { sessions: 1, links: 1, resets: 0, password: false };

  const signIn = async ({ email }: Forgetful, password: string) =>
    (await fleet.post(1, 'login', { email, password })).status;

  it('each of them has happened whole, or not at all and can be repeated', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const people = await Promise.all(times(PEOPLE, forgetful));
      const firsts = people.map((person) => reset(0, person, FIRST));
      await sleep(300 + (randomBytes(1)[0] ?? 0) * 5);
      const back = fleet.replace(0);
      const first = await Promise.all(firsts);

      for (const [i, person] of people.entries()) {
        const before = await traces(person);
        const { status } = await fleet.post(1, 'password/reset/check', { token: person.token });
        const happened = status === 400;
        expect(before).toEqual(happened ? WHOLE : NOTHING);
        if (first[i] === 204) expect(happened).toBe(true);
        expect(await reset(1, person, SECOND)).toBe(happened ? 400 : 204);
        expect(await reset(1, person, FIRST)).toBe(400);
        expect(await traces(person)).toEqual(WHOLE);
        expect(await signIn(person, happened ? FIRST : SECOND)).toBe(200);
      }
      await back;
    }
  });
});
