import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OneTimeToken } from '../../src/account/proof/one-time-token.entity.js';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { TotpFactor } from '../../src/two-factor/totp/totp-factor.entity.js';
import { TwoFactorReset } from '../../src/two-factor/two-factor-reset.entity.js';
import { User } from '../../src/users/user.entity.js';
import { removeProgram } from '../support/server-process.js';
import { times, TwoNodes } from './two-nodes.js';

jest.setTimeout(180_000);

const KILLS = 4;
const PEOPLE = 8;
const PASSWORD = 'a heron sleeps on the roof';

interface Waiting {
  readonly userId: string;
  readonly email: string;
  /** What stops it. */
  readonly token: string;
}

/** Security catalogue 5.B: a reset of second factors happens whole or not at all, and once, whoever executes it. */
describe('Second factors that are due to be reset', () => {
  const fleet = new TwoNodes({
    REQUESTS_PER_ADDRESS: '1000000',
    LOGIN_FAILURES_PER_ADDRESS: '1000000',
    HASH_QUEUE: '1000',
    TWO_FACTOR_REQUIRED_FOR: 'none',
  });
  let passwordHash: string | null;
  let root: string;

  beforeAll(async () => {
    await fleet.start();
    const registered = { email: 'somebody@example.com', password: PASSWORD };
    expect((await fleet.post(0, 'register', registered)).status).toBe(202);
    const users = fleet.database.getRepository(User);
    const found = await users.findOneOrFail({
      where: { emailCanonical: registered.email },
      select: { id: true, passwordHash: true },
    });
    passwordHash = found.passwordHash;
    root = (await fleet.signedIn()).userId;
    await users.update({ id: root }, { isSuperuser: true });
  });
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  /** Somebody with a session, a factor, and a reset of it that is due, as the server writes them. */
  const waiting = async (): Promise<Waiting> => {
    const { userId } = await fleet.signedIn();
    const users = fleet.database.getRepository(User);
    await users.update({ id: userId }, { passwordHash });
    const { email, emailCanonical } = await users.findOneByOrFail({ id: userId });
    const [past, soon] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
    const factor = { userId, sealedSecret: randomBytes(64), lastStep: 0, lastUsedAt: null };
    await fleet.database.getRepository(TotpFactor).insert({ ...factor, createdAt: past });
    const reset = { userId, requestedBy: root, reason: 'Lost her phone.' };
    const times = { createdAt: past, dueAt: past };
    await fleet.database.getRepository(TwoFactorReset).insert({ ...reset, ...times });
    const token = OpaqueToken.issue('ghf');
    await fleet.database.getRepository(OneTimeToken).insert({
      id: token.id,
      userId,
      purpose: 'stop_factor_reset',
      secretHash: token.hash,
      email: emailCanonical,
      about: { email },
      expiresAt: soon,
    });
    return { userId, email, token: token.reveal() };
  };

  const signIn = (node: number, { email }: Waiting) =>
    fleet
      .post(node, 'login', { email, password: PASSWORD })
      .then(({ status, body }) => ({ status, outcome: body['status'] }))
      .catch(() => undefined);
  const stop = (node: number, { token }: Waiting) =>
    fleet
      .post(node, 'two-factor/reset/stop', { token })
      .then(({ status }) => status)
      .catch(() => undefined);

  const traces = async ({ userId }: Waiting) => {
    const [row] = await fleet.database.query<{ done: number; stopped: number; factors: number }[]>(
      `SELECT (SELECT count(*)::int FROM totp_factors WHERE user_id = $1) AS factors,
              (SELECT count(*)::int FROM two_factor_resets WHERE user_id = $1) AS waiting,
              (SELECT count(*)::int FROM audit_events WHERE subject_id = $1 AND action = 'two_factor_reset') AS done,
              (SELECT count(*)::int FROM audit_events WHERE subject_id = $1 AND action = 'two_factor_reset_stopped') AS stopped`,
      [userId],
    );
    return row;
  };
  const NOTHING = { factors: 1, waiting: 1, done: 0, stopped: 0 };
  const DONE = { factors: 0, waiting: 0, done: 1, stopped: 0 };
  const STOPPED = { factors: 1, waiting: 0, done: 0, stopped: 1 };

  it('are gone whole, or not at all, when the server is killed, and then go at the next sign-in', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const people = await Promise.all(times(PEOPLE, waiting));
      const firsts = people.map((person) => signIn(0, person));
      await sleep(200 + (randomBytes(1)[0] ?? 0) * 4);
      const back = fleet.replace(0);
      const first = await Promise.all(firsts);
      for (const [i, person] of people.entries()) {
        const before = await traces(person);
        expect([NOTHING, DONE]).toContainEqual(before);
        if (first[i]?.status === 200) expect(before).toEqual(DONE);
        expect(await signIn(1, person)).toEqual({ status: 200, outcome: 'authenticated' });
        expect(await traces(person)).toEqual(DONE);
      }
      await back;
    }
  });

  it('are gone once, or kept once, of two nodes that execute and stop at once', async () => {
    const people = await Promise.all(times(PEOPLE, waiting));
    await Promise.all(
      people.flatMap((person) =>
        [0, 1].flatMap((node) => [
          ...times(2, () => signIn(node, person)),
          sleep((randomBytes(1)[0] ?? 0) * 4).then(() => stop(node, person)),
        ]),
      ),
    );
    for (const person of people) expect([DONE, STOPPED]).toContainEqual(await traces(person));
  });
});
