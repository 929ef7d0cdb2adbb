import { DeletionSweepService } from '../../src/account/leaving/deletion-sweep.service.js';
import type { DeletionDto } from '../../src/account/leaving/leaving.dto.js';
import { OneTimeTokensService } from '../../src/account/proof/one-time-tokens.service.js';
import { LogBook } from '../support/audit.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY = 86_400;

describe('Abuse of leaving: whoever deletes the account', () => {
  let test: TestApp;
  let make: Make;
  let book: LogBook;

  beforeAll(async () => {
    test = await startTestApp({ environment: { REQUESTS_PER_ADDRESS: '10000' } });
    make = new Make(test);
    book = await LogBook.of(test);
  });
  afterAll(() => test.close());

  const remove = (client: { send: Make['client']['send'] }) =>
    client.send<DeletionDto>({ method: 'DELETE', url: '/v1/users/me' });
  const undo = (token: string) => make.client.post('/v1/auth/deletion/undo', { token });
  const sweep = () => test.app.get(DeletionSweepService, { strict: false }).sweep();
  const isThere = async (id: string): Promise<boolean> =>
    (await test.database.query<unknown[]>('SELECT 1 FROM users WHERE id = $1', [id])).length === 1;
  /** Somebody whose deletion waits. */
  const leaving = async () => {
    const made = await make.signedIn();
    const { status } = await remove(made.client);
    expect(status).toBe(202);
    return { ...made, undoToken: await test.outbox.tokenFor(made.email) };
  };

  it('finds the link used up the second time, also among fifty at once', async () => {
    const { undoToken } = await leaving();
    const answers = await Promise.all(Array.from({ length: 50 }, () => undo(undoToken)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expectProblem(await undo(undoToken), 400, 'token_invalid');
  });

  it.each([
    ['nonsense', 'nonsense'],
    [
      'a token of another kind',
      'ghv_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
    ],
    [
      'one that was never issued',
      'ghd_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
    ],
  ])('cannot undo with %s', async (_, token) => {
    await changingNoRow(test, async () => {
      expectProblem(await undo(token), 400, 'token_invalid');
    });
  });

  it('cannot undo with the secret of one link and the name of another', async () => {
    const [mine, hers] = [await leaving(), await leaving()];
    const [, id = ''] = hers.undoToken.split('_');
    const forged = mine.undoToken.replace(/_[^_]{22}_/, `_${id}_`);
    await changingNoRow(test, async () => {
      expectProblem(await undo(forged), 400, 'token_invalid');
    });
  });

  it('cannot undo once it is due, whether or not the sweep has come', async () => {
    const { user, undoToken } = await leaving();
    test.clock.forward(14 * DAY + 1);
    expectProblem(await undo(undoToken), 400, 'token_invalid');
    expect(await isThere(user.id)).toBe(true);
    await sweep();
    expect(await isThere(user.id)).toBe(false);
    expectProblem(await undo(undoToken), 400, 'token_invalid');
  });

  it('cannot undo what is due, though the link would work for longer', async () => {
    const { user, undoToken } = await leaving();
    await behindItsBack(test, 'UPDATE users SET deletion_due_at = $2 WHERE id = $1', [
      user.id,
      new Date(test.clock.millis() - 1),
    ]);
    expectProblem(await undo(undoToken), 400, 'token_invalid');
  });

  it('cannot come back once an administrator has closed the account', async () => {
    const { user, email, password, undoToken } = await leaving();
    await behindItsBack(test, 'UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expectProblem(await undo(undoToken), 400, 'token_invalid');
    expectProblem(await make.client.login(email, password), 401, 'invalid_credentials');
    test.clock.forward(15 * DAY);
    await sweep();
    expect(await isThere(user.id)).toBe(true);
  });

  it('is gone or is back, never both, when undo and sweep meet', async () => {
    for (let i = 0; i < 10; i++) {
      const { user, undoToken } = await leaving();
      await test.database.query('UPDATE users SET deletion_due_at = $2 WHERE id = $1', [
        user.id,
        new Date(test.clock.millis() + 40),
      ]);
      const [answer] = await Promise.all([
        new Promise((resolve) => setTimeout(resolve, 30 + i * 2)).then(() => undo(undoToken)),
        (async () => {
          for (let j = 0; j < 20; j++) await sweep();
        })(),
      ]);
      await sweep();
      const [row] = await test.database.query<{ is_active: boolean }[]>(
        'SELECT is_active FROM users WHERE id = $1',
        [user.id],
      );
      if (answer.status === 204) expect(row).toEqual({ is_active: true });
      else {
        test.clock.forward(1);
        await sweep();
        expect(await isThere(user.id)).toBe(false);
      }
    }
  });

  it('gets no token from a refresh that comes at the same time', async () => {
    const { email, password, client } = await make.signedIn();
    const { body } = await make.client.login(email, password);
    const refresh = () =>
      make.client.post<{ accessToken: string }>('/v1/auth/refresh', {
        refreshToken: body.refreshToken,
      });
    const [, ...answers] = await Promise.all([
      remove(client),
      ...Array.from({ length: 20 }, refresh),
    ]);
    for (const answer of answers) {
      expect([200, 401]).toContain(answer.status);
      if (answer.status === 200) {
        expectProblem(await make.client.as(answer.body.accessToken).me(), 401, 'invalid_token');
      }
    }
    expect((await refresh()).status).toBe(401);
  });

  it('does it once, though it is asked fifty times at once', async () => {
    const { user, email, client } = await make.signedIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => remove(client)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    for (const { status } of answers) expect([202, 401]).toContain(status);
    expect(await book.words(user.id)).toEqual(['sign_in success', 'deletion_requested success']);
    await test.outbox.waitFor(email);
    expect(test.outbox.to(email)).toHaveLength(1);
  });

  it('has links of before work no more', async () => {
    const { user, client } = await make.signedIn();
    const tokens = test.app.get(OneTimeTokensService, { strict: false });
    const token = await test.database.transaction((manager) =>
      tokens.issue(manager, 'reset_password', user as never, 3600),
    );
    await remove(client);
    expect(await tokens.peek('reset_password', token)).toBeUndefined();
  });
});
