import { setTimeout as sleep } from 'node:timers/promises';
import { Postman } from '../../src/mail/postman.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { UsersService } from '../../src/users/users.service.js';
import { type Answer, Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Pair = Required<TokensDto>;

const times = <T>(count: number, work: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => work(i));

/** Fifty at once, on one node. */
describe('Refresh tokens that many show at once', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(async () => {
    await test.app.get(Postman, { strict: false }).idle();
    await test.close();
  });

  const service = <T>(type: abstract new (...args: never[]) => T): T =>
    test.app.get<T>(type, { strict: false });
  const refresh = (refreshToken: string): Promise<Answer<Pair>> =>
    make.client.post('/v1/auth/refresh', { refreshToken });
  const signedIn = async () => {
    const made = await make.user();
    const { body } = await make.client.login(made.email, made.password);
    return { ...made, first: body, sessionId: body.session.id };
  };
  /** The statuses, each once. */
  const statuses = (answers: readonly Answer[]) => [
    ...new Set(answers.map(({ status }) => status)),
  ];
  const successors = (answers: readonly Answer<Pair>[]) => [
    ...new Set(answers.flatMap(({ status, body }) => (status === 200 ? body.refreshToken : []))),
  ];
  /** Nothing that was ever handed out opens anything, and no row is left. */
  const expectNothingLives = async (userId: string, pairs: readonly Pair[]) => {
    const tokens = new Set(pairs.map(({ refreshToken }) => refreshToken));
    expect(statuses(await Promise.all([...tokens].map(refresh)))).toEqual([401]);
    const clients = pairs.map(({ accessToken }) => new Client(test, accessToken));
    expect(statuses(await Promise.all(clients.map((client) => client.me())))).toEqual([401]);
    const find = 'SELECT 1 FROM sessions WHERE user_id = $1';
    expect(await test.database.query(find, [userId])).toEqual([]);
  };
  const pairsOf = (answers: readonly Answer<Pair>[]) =>
    answers.flatMap(({ status, body }) => (status === 200 ? body : []));

  it('F02, Y02 50 get one and the same successor, 20 times, and it alone goes on', async () => {
    const { first } = await signedIn();
    const used: string[] = [];
    let { refreshToken } = first;
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(times(50, () => refresh(refreshToken)));
      expect(statuses(answers)).toEqual([200]);
      expect(successors(answers)).toHaveLength(1);
      used.push(refreshToken);
      [refreshToken = ''] = successors(answers);
    }
    expect(new Set([...used, refreshToken]).size).toBe(21);
    // Not one of the 21 but the newest, and the one before it within the grace, has a successor.
    const [next] = successors([await refresh(used.at(-1) ?? '')]);
    expect(next).toBe(refreshToken);
    expect((await refresh(refreshToken)).status).toBe(200);
    expect((await refresh(used.at(-2) ?? '')).body).toMatchObject({ code: 'refresh_token_reused' });
  });

  it('hold up nobody else while the row of one of them is locked, and that one only until it is free', async () => {
    const held = await signedIn();
    const others = await Promise.all(times(20, signedIn));
    let late: Promise<Answer<Pair>> | undefined;
    await test.database.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [held.sessionId]);
      late = refresh(held.first.refreshToken);
      const answers = await Promise.all(others.map(({ first }) => refresh(first.refreshToken)));
      expect(statuses(answers)).toEqual([200]);
      expect(successors(answers)).toHaveLength(20);
      expect(await Promise.race([late, sleep(100)])).toBeUndefined();
    });
    expect((await late)?.status).toBe(200);
  });

  it('each get a successor of their own, and a stranger’s or a used one among them none', async () => {
    const people = await Promise.all(times(30, signedIn));
    const answers = await Promise.all(people.map(({ first }) => refresh(first.refreshToken)));
    const second = answers.map(({ body }) => body.refreshToken);
    const third = await Promise.all(second.map(refresh));
    expect(new Set([...second, ...successors(third)]).size).toBe(60);
    const mixed = await Promise.all(
      people.map(({ first }, i) =>
        refresh(i % 2 === 0 ? first.refreshToken : (third[i]?.body.refreshToken ?? '')),
      ),
    );
    expect(mixed.map(({ status }) => status)).toEqual(people.map((_, i) => (i % 2 ? 200 : 401)));
    const owner = async (i: number) =>
      (await new Client(test, mixed[i]?.body.accessToken).get<{ id: string }>('/v1/users/me')).body
        .id;
    expect(await owner(1)).toBe(people[1]?.user.id);
    expect(await owner(29)).toBe(people[29]?.user.id);
  });

  it('T83 50 tokens of two generations at once leave one branch or none', async () => {
    for (let round = 0; round < 20; round++) {
      const { first } = await signedIn();
      const second = (await refresh(first.refreshToken)).body;
      const answers = await Promise.all(
        times(50, (i) => refresh((i % 2 === 0 ? first : second).refreshToken)),
      );
      const alive = successors(answers).filter((token) => token !== second.refreshToken);
      expect(alive.length).toBeLessThanOrEqual(1);
      // The newest was used, so that the older one is theft by now, if it was not before.
      expect((await refresh(first.refreshToken)).status).toBe(401);
      const going = await Promise.all([second.refreshToken, ...alive].map(refresh));
      expect(statuses(going)).toEqual([401]);
    }
  });

  it('Y02 50 sessions of one user, refreshed at once, are all there afterwards', async () => {
    const { email, password, user } = await make.user();
    const pairs: Pair[] = [];
    while (pairs.length < 50) pairs.push((await make.client.login(email, password)).body);
    const answers = await Promise.all(pairs.map(({ refreshToken }) => refresh(refreshToken)));
    expect(statuses(answers)).toEqual([200]);
    expect(successors(answers)).toHaveLength(50);
    const find = 'SELECT 1 FROM sessions WHERE user_id = $1';
    expect(await test.database.query<object[]>(find, [user.id])).toHaveLength(50);
  });

  it('E17 nothing lives after 50 sign-outs against 50 refreshes, 10 times', async () => {
    for (let round = 0; round < 10; round++) {
      const { first, user } = await signedIn();
      const { refreshToken } = first;
      const signOut = () => make.client.post('/v1/auth/logout', { refreshToken });
      const signOuts: Promise<Answer>[] = [];
      const refreshes: Promise<Answer<Pair>>[] = [];
      for (let i = 0; i < 50; i++) {
        refreshes.push(refresh(refreshToken));
        signOuts.push(signOut());
      }
      expect(statuses(await Promise.all(signOuts))).toEqual([204]);
      const answers = await Promise.all(refreshes);
      for (const { status } of answers) expect([200, 401]).toContain(status);
      await expectNothingLives(user.id, [first, ...pairsOf(answers)]);
    }
  });

  it.each<[string, (userId: string) => Promise<unknown>]>([
    [
      'a deactivation',
      (userId) =>
        test.database.transaction((manager) =>
          service(UsersService).setActive(manager, userId, false),
        ),
    ],
    [
      'the reset of a password',
      (userId) =>
        test.database.transaction((manager) =>
          service(SessionsService).endFor('password_reset', { userId }, manager),
        ),
    ],
    [
      'the reset of a password that takes its time to commit',
      (userId) =>
        test.database.transaction(async (manager) => {
          await service(SessionsService).endFor('password_reset', { userId }, manager);
          await sleep(20);
        }),
    ],
  ])('Y10 nothing lives after %s amid 50 refreshes, 20 times', async (_, end) => {
    const seen = new Set<number>();
    for (let round = 0; round < 20; round++) {
      const { first, user } = await signedIn();
      const refreshes = times(50, () => refresh(first.refreshToken));
      await sleep(round % 10);
      await end(user.id);
      const answers = await Promise.all(refreshes);
      for (const status of statuses(answers)) seen.add(status);
      await expectNothingLives(user.id, [first, ...pairsOf(answers)]);
    }
    expect([...seen].every((status) => [200, 401].includes(status))).toBe(true);
  });

  it('F01 50 who show a stolen token at once are one theft: one mail', async () => {
    const { first, email, user } = await signedIn();
    const second = (await refresh(first.refreshToken)).body;
    test.clock.forward(test.settings.refreshGrace + 1);
    const answers = await Promise.all(times(50, () => refresh(first.refreshToken)));
    expect(statuses(answers)).toEqual([401]);
    expect(answers.map(({ text }) => text).join()).toContain('refresh_token_reused');
    await test.outbox.waitFor(email);
    await test.app.get(Postman, { strict: false }).idle();
    expect(test.outbox.to(email)).toHaveLength(1);
    await expectNothingLives(user.id, [first, second]);
  });

  it('F01 50 who show a stolen token at once are one theft: one audit line', async () => {
    const { first, sessionId } = await signedIn();
    await refresh(first.refreshToken);
    test.clock.forward(test.settings.refreshGrace + 1);
    await Promise.all(times(50, () => refresh(first.refreshToken)));
    const lines = test.logged.filter(
      (line) => line.includes('audit refresh_token_reused') && line.includes(sessionId),
    );
    expect(lines).toHaveLength(1);
  });

  it('F01 the thief who rotates while the theft is found out gets nothing that lives', async () => {
    for (let round = 0; round < 20; round++) {
      const { first, user } = await signedIn();
      const second = (await refresh(first.refreshToken)).body;
      test.clock.forward(test.settings.refreshGrace + 1);
      const answers = await Promise.all(
        times(50, (i) => refresh((i % 2 === 0 ? second : first).refreshToken)),
      );
      await expectNothingLives(user.id, [first, second, ...pairsOf(answers)]);
    }
  });
});
