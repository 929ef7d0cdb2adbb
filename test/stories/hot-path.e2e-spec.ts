import { Controller, Get, Module, Post } from '@nestjs/common';
import pg from 'pg';
import { LoginRequired } from '../../src/access/access.decorators.js';
import { AuditSealerService } from '../../src/audit/audit-sealer.service.js';
import { Browser } from '../support/browser.js';
import type { Client } from '../support/client.js';
import { behindItsBack, heard } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** The heartbeat of the news; the post, which carries out what earlier stories wrote. */
const OF_NO_REQUEST = /^SELECT \(extract\(epoch FROM now|\bmail_(queue|budgets)\b/;

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

@Controller('v1/trams')
@LoginRequired()
class TramsController {
  @Get()
  list(): string[] {
    return ['7'];
  }

  @Post()
  ring(): string {
    return 'ding';
  }
}

@Module({ controllers: [TramsController] })
class TramsModule {}

describe('A signed-in request', () => {
  let test: TestApp;
  let make: Make;
  let statements: string[];

  beforeAll(async () => {
    test = await startTestApp({
      imports: [TramsModule],
      // It works off what the sign-ins have written, a second later: not part of any request.
      override: (module) =>
        module.overrideProvider(AuditSealerService).useValue({ wake: () => undefined }),
    });
    make = new Make(test);
    const { query } = pg.Client.prototype as unknown as Record<'query', Query>;
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      const [statement] = args as [string | { text: string }];
      const text = typeof statement === 'string' ? statement : statement.text;
      if (!OF_NO_REQUEST.test(text)) statements.push(text);
      return query.apply(this, args) as never;
    });
  });
  beforeEach(() => {
    statements = [];
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await test.close();
  });

  const warmed = async () => {
    const made = await make.signedIn();
    const browser = new Browser(test);
    await browser.signIn(made);
    await browser.me();
    await made.client.me();
    await made.client.get('/v1/trams'); // what demands second factors, which `me` does not ask
    statements = [];
    return { ...made, browser };
  };

  it('is counted at the driver', async () => {
    await make.signedIn();
    expect(statements.length).toBeGreaterThan(3);
  });

  it('by cookie or by token reads no database, once it is warm', async () => {
    const { browser, client } = await warmed();
    for (let i = 0; i < 100; i++) {
      expect((await browser.me()).status).toBe(200);
      expect((await client.me()).status).toBe(200);
      expect((await client.get('/v1/trams')).status).toBe(200);
      expect((await browser.post('/v1/trams')).status).toBe(201);
    }
    expect(statements).toEqual([]);
  });

  it('reads what has changed once, whoever changed it', async () => {
    const { client, user } = await warmed();
    await behindItsBack(test, "UPDATE users SET first_name = 'Eve' WHERE id = $1", [user.id]);
    statements = [];
    for (let i = 0; i < 10; i++) {
      expect((await client.me()).body).toMatchObject({ firstName: 'Eve' });
    }
    expect(statements).toHaveLength(2); // is she active? what is her name?
    await client.patch('/v1/users/me', { firstName: 'Ann' });
    expect((await client.me()).body).toMatchObject({ firstName: 'Ann' });
  });

  it('of fifty who come cold at once reads each fact once', async () => {
    const { client, user } = await warmed();
    await behindItsBack(test, 'UPDATE sessions SET methods = methods WHERE user_id = $1', [
      user.id,
    ]);
    statements = [];
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.get('/v1/trams')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(statements).toHaveLength(1);
  });

  it('is not touched by a change that was taken back', async () => {
    const { client, user } = await warmed();
    await expect(
      test.database.transaction(async (manager) => {
        await manager.query('DELETE FROM sessions WHERE user_id = $1', [user.id]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await heard(test);
    expect(await client.me()).toMatchObject({ status: 200 });
  });

  it('is refused at the very next time when its session ends', async () => {
    const ends: ((client: Client) => Promise<unknown>)[] = [
      (client) => client.post('/v1/auth/logout'),
      (client) => client.post('/v1/auth/logout/all'),
      (client) => client.send({ method: 'DELETE', url: '/v1/users/me/sessions' }),
    ];
    for (const [i, end] of ends.entries()) {
      const { browser, client } = await warmed();
      await end(client);
      expect((await client.me()).status).toBe(i === 2 ? 200 : 401);
      expect((await browser.me()).status).toBe(i === 0 ? 200 : 401);
    }
  });

  it('is refused by the node that ended its session, before the news have come back to it', async () => {
    const { browser, client } = await warmed();
    const { emit } = pg.Client.prototype as unknown as Record<'emit', Query>;
    const deaf = jest.spyOn(pg.Client.prototype, 'emit').mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      return args[0] === 'notification' ? false : (emit.apply(this, args) as boolean);
    });
    await client.post('/v1/auth/logout/all');
    expectProblem(await client.me(), 401, 'invalid_token');
    expectProblem(await browser.me(), 401, 'invalid_token');
    deaf.mockRestore();
  });

  it('with an old token of another key of the same name is nobody', async () => {
    const { client, token } = await warmed();
    const turned = `${token.slice(0, -5)}AAAAA`;
    expectProblem(await client.as(turned).me(), 401, 'invalid_token');
    expect(await client.me()).toMatchObject({ status: 200 });
  });
});
