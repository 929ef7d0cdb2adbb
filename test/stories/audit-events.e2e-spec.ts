import type { SecurityEventDto } from '../../src/audit/audit.dto.js';
import { SigningKeyRotationService } from '../../src/sessions/signing-key-rotation.service.js';
import { LogBook, withOwnDatabase } from '../support/audit.js';
import type { Client } from '../support/client.js';
import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import type { TestApp } from '../support/test-app.js';

describe('The audit log', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;
  let make: Make;
  let book: LogBook;

  beforeAll(async () => {
    own = await withOwnDatabase('events', { environment: { TRUST_PROXY: '1' } });
    test = await own.start();
    make = new Make(test);
    book = await LogBook.of(test);
  });
  afterAll(async () => {
    await test.close();
    await own.drop();
  });

  const json = { 'content-type': 'application/json' };
  const seen = async (client: Client): Promise<SecurityEventDto[]> => {
    const { body } = await client.get<{ items: SecurityEventDto[] }>(
      '/v1/users/me/security-events?limit=200',
    );
    return body.items.reverse();
  };
  const idOf = async (email: string): Promise<string> => {
    const [row] = await test.database.query<{ id: string }[]>(
      'SELECT id FROM users WHERE email = $1',
      [email],
    );
    return row?.id ?? '';
  };

  it('tells the whole life of an account, to the office and to its owner alike', async () => {
    const email = someEmail();
    const password = 'a violet rides the tram';
    await make.client.register(email, password);
    await make.client.verify(await test.outbox.tokenFor(email));
    await make.client.login(email, 'not the password');
    const { body } = await make.client.login(email, password);
    const me = make.client.as(body.accessToken);
    await me.post('/v1/auth/reauthenticate', { password: 'not the password' });
    await me.post('/v1/auth/reauthenticate', { password });
    const other = await make.client.login(email, password);
    await me.send({ method: 'DELETE', url: `/v1/users/me/sessions/${other.body.session.id}` });
    await make.client.login(email, password);
    await me.send({ method: 'DELETE', url: '/v1/users/me/sessions' });
    await me.post('/v1/auth/logout', {});
    const again = await make.client.login(email, password);
    await make.client.as(again.body.accessToken).post('/v1/auth/logout/all');
    await make.client.register(email, password);

    const life = [
      'registration success',
      'email_verified success',
      'sign_in failure',
      'sign_in success',
      'reauthentication failure',
      'reauthentication success',
      'sign_in success',
      'session_ended success',
      'sign_in success',
      'other_sessions_ended success',
      'sign_out success',
      'sign_in success',
      'sign_out_everywhere success',
      'registration failure',
    ];
    expect(await book.words(await idOf(email))).toEqual(life);
    const last = await make.client.login(email, password);
    const mine = await seen(make.client.as(last.body.accessToken));
    expect(mine.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      ...life,
      'sign_in success',
    ]);
  });

  it('says who, whom, from where and under which request', async () => {
    const { user, email, password } = await make.user();
    const answer = await make.client.send<{ session: { id: string } }>({
      method: 'POST',
      url: '/v1/auth/login',
      headers: { ...json, 'x-forwarded-for': '203.0.113.7', 'user-agent': 'Tram/7 (\u001b[31m)' },
      payload: JSON.stringify({ email, password }),
    });
    expect(await book.about(user.id)).toEqual([
      {
        id: expect.any(String) as string,
        occurredAt: expect.stringMatching(/Z$/) as string,
        action: 'sign_in',
        outcome: 'success',
        actorId: user.id,
        subjectId: user.id,
        ip: '203.0.113.7',
        userAgent: 'Tram/7 ([31m)',
        requestId: String(answer.headers['x-request-id']),
        count: 1,
        details: { sessionId: answer.body.session.id, methods: 'pwd', transport: 'token' },
        erased: false,
      },
    ]);
  });

  it.each([
    ['wrong_password', {}, 'not the password'],
    ['no_password', { passwordHash: null }, 'a violet rides the tram'],
    ['inactive', { isActive: false }, 'a violet rides the tram'],
    ['email_not_verified', { emailVerifiedAt: null }, 'a violet rides the tram'],
  ])('knows why a sign-in failed: %s', async (reason, given, password) => {
    const { user, email } = await make.user(given);
    await make.client.login(email, password);
    const [event] = await book.about(user.id);
    expect(event).toMatchObject({ action: 'sign_in', outcome: 'failure', actorId: null });
    expect(event?.details).toEqual({ reason });
  });

  it('keeps of an address that nobody has only what tells it from others', async () => {
    const typed = someEmail('my-secret-password');
    await make.client.login(typed, 'not the password');
    await make.client.login(typed, 'not the password');
    await make.client.login(someEmail(), 'not the password');
    const events = (await book.read('action=sign_in')).filter(
      ({ details }) => details?.['reason'] === 'unknown_account',
    );
    const [other, second, first] = events;
    expect(first?.details?.['attempted']).toMatch(/^[0-9a-f]{16}$/);
    expect(first?.subjectId).toBeNull();
    expect(second?.details).toEqual(first?.details);
    expect(other?.details).not.toEqual(first?.details);
    const rows = JSON.stringify(await test.database.query('SELECT * FROM audit_events'));
    expect(rows).not.toContain('my-secret-password');
    expect(rows).not.toContain('not the password');
  });

  it('has one event of a stolen refresh token, however many show it at once', async () => {
    const { user, email, password } = await make.user();
    const { body } = await make.client.login(email, password);
    const refresh = () => make.client.post('/v1/auth/refresh', { refreshToken: body.refreshToken });
    await refresh();
    test.clock.forward(60);
    await Promise.all(Array.from({ length: 50 }, refresh));
    expect(await book.words(user.id)).toEqual(['sign_in success', 'refresh_token_reused failure']);
  });

  it('does not tell of a sign-out that ended nothing', async () => {
    const { user, email, password } = await make.user();
    const { body } = await make.client.login(email, password);
    const logout = () => make.client.post('/v1/auth/logout', { refreshToken: body.refreshToken });
    await Promise.all(Array.from({ length: 20 }, logout));
    expect(await book.words(user.id)).toEqual(['sign_in success', 'sign_out success']);
  });

  it('tells when the signing key is rotated', async () => {
    const before = await book.read('action=signing_key_rotated');
    await test.app.get(SigningKeyRotationService, { strict: false }).rotate();
    const after = await book.read('action=signing_key_rotated');
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]).toMatchObject({ outcome: 'success', actorId: null, requestId: null });
  });

  it('has nothing of a change that was taken back', async () => {
    const { user, email, password } = await make.user();
    await test.database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$`,
    );
    await test.database.query(
      `CREATE TRIGGER refuse BEFORE INSERT ON audit_events FOR EACH ROW
       WHEN (NEW.subject_id = '${user.id}') EXECUTE FUNCTION refuse()`,
    );
    expect((await make.client.login(email, password)).status).toBe(500);
    await test.database.query('DROP TRIGGER refuse ON audit_events');
    await test.database.query('DROP FUNCTION refuse()');
    const sessions = await test.database.query<unknown[]>(
      'SELECT 1 FROM sessions WHERE user_id = $1',
      [user.id],
    );
    expect(sessions).toEqual([]);
    expect(await book.about(user.id)).toEqual([]);
  });

  describe('is read', () => {
    it('by nobody who is not signed in', async () => {
      for (const path of ['audit-events', 'users/me/security-events']) {
        expectProblem(await make.client.get(`/v1/${path}`), 401, 'not_authenticated');
      }
    });

    it('as a whole only by who may', async () => {
      const { client, user } = await make.signedIn({ isStaff: true });
      expectProblem(await client.get('/v1/audit-events'), 403, 'permission_denied');
      const [, refused] = await book.about(user.id);
      expect(refused).toMatchObject({
        action: 'access_denied',
        outcome: 'failure',
        actorId: user.id,
        details: { permission: 'audit.view_audit_event' },
      });
    });

    it('by each for herself, whatever she asks for', async () => {
      const ann = await make.signedIn();
      const bob = await make.signedIn();
      expect(await seen(ann.client)).toHaveLength(1);
      expectProblem(
        await ann.client.get(`/v1/users/me/security-events?subjectId=${bob.user.id}`),
        400,
        'validation_failed',
      );
    });

    it('page by page, each event once', async () => {
      const { client, user, email, password } = await make.signedIn();
      for (let i = 0; i < 6; i++) await make.client.login(email, password);
      const ids: string[] = [];
      for (let cursor = ''; ;) {
        const url = `/v1/users/me/security-events?limit=3${cursor && `&cursor=${cursor}`}`;
        const { body } = await client.get<{
          items: SecurityEventDto[];
          nextCursor: string | null;
        }>(url);
        ids.push(...body.items.map(({ id }) => id));
        if (body.nextCursor === null) break;
        cursor = body.nextCursor;
      }
      const all = (await book.about(user.id)).map(({ id }) => id).reverse();
      expect(ids).toEqual(all);
      expect(ids).toHaveLength(7);
    });

    it('by actor, subject and action', async () => {
      const { user } = await make.signedIn();
      const both = await book.read(`actorId=${user.id}&action=sign_in`);
      expect(both.map(({ actorId, action }) => [actorId, action])).toEqual([[user.id, 'sign_in']]);
      expect(await book.read(`actorId=${user.id}&action=sign_out`)).toEqual([]);
    });

    it.each(['subjectId=1', 'action=drop', "actorId=' OR 1=1", 'cursor=x', 'limit=0', 'x=1'])(
      'not with %s',
      async (query) => {
        const { client } = await make.signedIn({ isSuperuser: true });
        const answer = await client.get(`/v1/audit-events?${encodeURI(query)}`);
        expectProblem(answer, 400, 'validation_failed');
      },
    );
  });

  it.each([
    ['an UPDATE', `UPDATE audit_events SET action = 'sign_out'`],
    ['a DELETE', 'DELETE FROM audit_events'],
    ['a TRUNCATE', 'TRUNCATE audit_events'],
    ['a new address', `UPDATE audit_events SET ip = '203.0.113.9'`],
    ['another place', 'UPDATE audit_events SET sequence = sequence + 1 WHERE sequence > 0'],
    [
      'a change on the partition itself',
      `DO $$ BEGIN EXECUTE 'DELETE FROM ' || (SELECT tableoid::regclass FROM audit_events LIMIT 1); END $$`,
    ],
  ])('is not changed by %s', async (_, statement) => {
    await test.app.get(SigningKeyRotationService, { strict: false }).rotate();
    await expect(test.database.query(statement)).rejects.toThrow('written once');
  });
});
