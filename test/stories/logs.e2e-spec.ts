import { Controller, Get, Module, Post } from '@nestjs/common';
import { Public } from '../../src/access/access.decorators.js';
import { UsersService } from '../../src/users/users.service.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const SECRETS = {
  firstName: 'Wilhelmina',
  lastName: 'Ockelbrink',
  organization: 'Ockelbrink and Daughters',
  phoneNumber: '+4930777666',
};
const INJECTIONS = [
  '\r\n{"level":50,"msg":"forged"}',
  '\u001b[2Jcleared',
  '\u2028',
  '","level":60,"x":"',
];

class PartlyFailed extends Error {
  readonly statusCode = 200;
}

@Public()
@Controller('v1/broken')
class BrokenController {
  @Get('error')
  error(): never {
    throw new TypeError('the secret is hunter2');
  }

  @Get('text')
  text(): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is what is tested
    throw 'the secret is hunter2';
  }

  @Get('nothing')
  nothing(): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is what is tested
    throw undefined;
  }

  @Get('null-prototype')
  nullPrototype(): never {
    throw Object.create(null);
  }

  @Get('cause')
  cause(): never {
    throw new Error('the secret is hunter2', { cause: new Error('hunter2') });
  }

  @Get('strange-status')
  strangeStatus(): never {
    throw new PartlyFailed('the secret is hunter2');
  }

  @Post('later')
  async later(): Promise<never> {
    await Promise.resolve();
    throw new RangeError('the secret is hunter2');
  }
}

@Module({ controllers: [BrokenController] })
class BrokenModule {}

interface Line {
  readonly requestId?: string;
  readonly route?: string;
  readonly status?: number;
  readonly code?: string;
  readonly error?: { readonly type: string; readonly stack?: string[] };
}

/** Security catalogue 4.O. */
/** A value that no column holds is the caller's; all else that PostgreSQL refuses is ours. */
const UNFIT = new Set(['a length', 'a type', 'a number']);

describe('The log', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ imports: [BrokenModule], environment: { LOG_LEVEL: 'trace' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const lines = () => test.logged.map((line) => JSON.parse(line) as Line);
  const linesOf = (requestId: unknown) => lines().filter((line) => line.requestId === requestId);
  /** All that was logged, without the lines in which the outbox of development names whom it writes to. */
  const logged = () => test.logged.filter((line) => !line.includes('"context":"Outbox"')).join('');

  it('O07 names no person and no secret, whatever people do', async () => {
    const { client } = make;
    const email = someEmail('wilhelmina');
    const password = 'a violet rides the tram home';
    await client.register(email, password, SECRETS);
    const token = await test.outbox.tokenFor(email);
    await client.post('/v1/auth/email/verification', { email });
    await client.verify(token);
    await client.verify(await test.outbox.tokenFor(email, 2));
    await client.register(email, password, SECRETS);
    await client.login(email, 'a wrong password it is');
    const { body } = await client.login(email, password);
    const me = client.as(body.accessToken);
    await me.get(`/v1/users/me?email=${email}&token=${token}`);
    await me.patch('/v1/users/me', { ...SECRETS, isSuperuser: true });
    await me.patch('/v1/users/me', SECRETS);
    await client.get(`/v1/nothing/${email}/${token}`);
    await client.as(`${body.accessToken}x`).me();
    await client.post('/v1/auth/password/check', { password, email });
    await client.send({
      method: 'GET',
      url: '/v1/users/me',
      headers: { authorization: `Basic ${password}`, cookie: `session=${token}`, referer: email },
    });
    const secrets = [
      ...[email, email.split('@')[0]!, password, 'a wrong password it is', token, body.accessToken],
      ...[...body.accessToken.split('.'), ...Object.values(SECRETS)],
    ];
    for (const secret of secrets) expect(logged()).not.toContain(secret);
    expect(logged()).toContain(body.user.id);
  });

  it.each(INJECTIONS)('O07 is not forged by %j', async (injection) => {
    const headers = {
      'content-type': 'application/json',
      'user-agent': injection.replace(/[\r\n\u2028]/g, ''),
      'x-request-id': injection.replace(/[\r\n\u2028]/g, ''),
    };
    const before = test.logged.length;
    await make.client.send({
      method: 'POST',
      url: `/v1/${encodeURIComponent(injection)}`,
      headers,
      payload: JSON.stringify({ email: injection, [injection]: injection }),
    });
    await make.client.send({
      method: 'POST',
      url: '/v1/auth/login',
      headers,
      payload: JSON.stringify({ email: injection, password: injection, [injection]: 1 }),
    });
    const written = test.logged.slice(before);
    expect(written).toHaveLength(2);
    for (const line of written) {
      expect(line).toMatch(/^\{.*\}\n$/);
      expect(JSON.parse(line)).toMatchObject({ level: 30, msg: 'request' });
      expect(line).not.toContain('forged');
      expect(line).not.toContain('\u001b');
    }
  });

  it.each([
    '{"password":hunter2-very-secret}',
    '{"password":"hunter2-very-secret"',
    'hunter2-very-secret',
    '{"hunter2-very-secret":1,"hunter2-very-secret":2}',
    '{"password":"hunter2-very-secret\\u0000"}',
  ])('O08 and the answer do not quote %s', async (payload) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await make.client.send({
      method: 'POST',
      url: '/v1/auth/login',
      headers,
      payload,
    });
    expectProblem(answer, 400, 'malformed_json');
    for (const text of [answer.text, JSON.stringify(answer.headers), logged()]) {
      expect(text).not.toContain('hunter2');
    }
  });

  it('has a line for each answer, under the same id', async () => {
    const answers = await Promise.all([
      make.client.get('/health/live'),
      make.client.get('/v1/nothing/at-all'),
      make.client.me(),
      make.client.post('/v1/auth/login', []),
    ]);
    const ids = answers.map(({ headers }) => headers['x-request-id']);
    expect(new Set(ids).size).toBe(answers.length);
    for (const { status, headers, body } of answers) {
      const id = headers['x-request-id'];
      if (status >= 400) expect(body).toMatchObject({ requestId: id });
      expect(linesOf(id)).toEqual([expect.objectContaining({ status, requestId: id })]);
    }
    expect(linesOf(ids[1])[0]?.route).toBe('none');
    expect(linesOf(ids[0])[0]?.route).toBe('/health/live');
  });

  it.each([
    ['GET', 'error', 'TypeError'],
    ['GET', 'text', 'string'],
    ['GET', 'nothing', undefined],
    ['GET', 'null-prototype', 'object'],
    ['GET', 'cause', 'Error'],
    ['GET', 'strange-status', 'Error'],
    ['POST', 'later', 'RangeError'],
  ] as const)(
    'O11 tells what was thrown by %s %s; the answer does not',
    async (method, name, type) => {
      const answer = await make.client.send({ method, url: `/v1/broken/${name}` });
      expectProblem(answer, 500, 'internal_error');
      expect(answer.text).not.toMatch(/hunter2|Error:|\.ts|node_modules|at /);
      const failed = linesOf(answer.headers['x-request-id']).find(({ code }) => code !== undefined);
      expect(failed).toMatchObject({ code: 'internal_error' });
      expect(failed?.error?.type).toBe(type);
      if (type?.endsWith('Error')) expect(failed?.error?.stack?.[0]).toContain('BrokenController');
    },
  );

  it('O11 tells of a provider that fails, with its stack and without what it was asked', async () => {
    const users = test.app.get(UsersService, { strict: false });
    const asked = jest.spyOn(users, 'findByEmail').mockImplementation((email) => {
      return Promise.reject(new Error(`no index for ${email.length} characters`));
    });
    const email = someEmail('broken');
    const answer = await make.client.login(email, GOOD_PASSWORD);
    asked.mockRestore();
    expectProblem(answer, 500, 'internal_error');
    expect(answer.text).not.toContain('index');
    const failed = linesOf(answer.headers['x-request-id']).find(({ code }) => code !== undefined);
    expect(failed?.error?.stack?.length).toBeGreaterThan(0);
    expect(logged()).not.toContain(email);
  });

  it.each([
    ['a unique key', `INSERT INTO users SELECT * FROM users LIMIT 1`],
    ['a check', `UPDATE users SET email_canonical = 'Quoted Value' WHERE email = $1`],
    ['a length', `UPDATE users SET first_name = repeat('Quoted Value', 100) WHERE email = $1`],
    ['a type', `SELECT 'Quoted Value'::uuid, $1::text`],
    ['a number', `SELECT 99999999999999999999::bigint::int, $1::text`],
    ['a foreign key', `UPDATE sessions SET user_id = gen_random_uuid()`],
    ['a missing table', `SELECT * FROM "Quoted Value"`],
  ])('O10 does not quote what %s of PostgreSQL refuses', async (what, statement) => {
    const { email } = await make.signedIn();
    const users = test.app.get(UsersService, { strict: false });
    const asked = jest.spyOn(users, 'findByEmail').mockImplementation(async () => {
      await test.database.query(statement, statement.includes('$1') ? [email] : []);
      return undefined;
    });
    const answer = await make.client.login(email, GOOD_PASSWORD);
    asked.mockRestore();
    if (UNFIT.has(what)) expectProblem(answer, 400, 'validation_failed');
    else expectProblem(answer, 500, 'internal_error');
    for (const text of [answer.text, logged()]) {
      expect(text).not.toContain(email);
      expect(text).not.toContain('Quoted Value');
    }
    expect(answer.text).not.toMatch(/users|sessions|constraint|key|SELECT|INSERT|UPDATE/);
  });
});
