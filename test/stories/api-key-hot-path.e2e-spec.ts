import { Controller, Get, Module, Post } from '@nestjs/common';
import pg from 'pg';
import { LoginRequired, RequirePermission } from '../../src/access/access.decorators.js';
import { ApiKeyUsesService } from '../../src/api-keys/api-key-uses.service.js';
import { AuditSealerService } from '../../src/audit/audit-sealer.service.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { makeKey, type MadeKey, retireKey } from '../support/api-keys.js';
import type { Client } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { statementsOf } from '../support/queries.js';
import { rightsOf } from '../support/rights.js';
import { rowsOf } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

@LoginRequired({ apiKeys: true })
@Controller('v1/trams')
class TramsController {
  @Get()
  list(): string[] {
    return ['7'];
  }

  @Post()
  @RequirePermission(userPermissions.view)
  ring(): string {
    return 'ding';
  }
}

@Module({ controllers: [TramsController] })
class TramsModule {}

const { view } = userPermissions;

describe('A request by API key', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({
      imports: [TramsModule],
      override: (module) =>
        module.overrideProvider(AuditSealerService).useValue({ wake: () => undefined }),
    });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const warmUp = async ({ client }: Pick<MadeKey, 'client'>) => {
    expect((await client.get('/v1/trams')).status).toBe(200);
    expect((await client.post('/v1/trams')).status).toBe(201);
    expect((await client.me()).status).toBe(200);
  };
  /** Somebody who may ring, with a key that was just used. */
  const warmed = async (given: Parameters<typeof makeKey>[2] = {}) => {
    const owner = await make.signedIn();
    await rightsOf(test).give({ type: 'user', id: owner.user.id }, view);
    const made = await makeKey(test, owner.user.id, given);
    await warmUp(made);
    return { ...made, owner };
  };

  it('reads no database and writes nothing, once it is warm', async () => {
    const plain = await warmed();
    const scoped = await warmed({ scopes: [{ permission: view }] });
    const bound = await warmed({ allowedIps: ['127.0.0.0/8', '::1/128'] });
    const limited = await warmed({ rateLimit: { limit: 100_000, window: 3600 } });
    const retiring = await warmed();
    await retireKey(test, retiring);
    await warmUp(retiring);
    const before = await rowsOf(test);
    const statements = await statementsOf(async () => {
      for (let i = 0; i < 50; i++) {
        for (const key of [plain, scoped, bound, limited, retiring]) await warmUp(key);
      }
    });
    expect(statements).toEqual([]);
    expect(await rowsOf(test)).toEqual(before);
  });

  it('of fifty who come at once after a change reads the key once', async () => {
    const { id, client } = await warmed();
    await behindItsBack(test, "UPDATE api_keys SET name = 'another' WHERE id = $1", [id]);
    const statements = await statementsOf(async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => client.get('/v1/trams')));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    });
    expect(statements).toHaveLength(1);
  });

  /** What its owner does, seen by the very next request, before any news have come back. */
  const own: Readonly<
    Record<string, (client: Client, url: string) => Promise<{ status: number }>>
  > = {
    revoked: (client, url) => client.send({ method: 'DELETE', url }),
    'switched off': (client, url) => client.patch(url, { disabled: true }),
  };

  it.each(Object.keys(own))('is refused at the very next time when it is %s', async (way) => {
    const { id, client, owner } = await warmed();
    const { emit } = pg.Client.prototype as unknown as Record<
      'emit',
      (this: pg.Client, ...args: unknown[]) => unknown
    >;
    const deaf = jest.spyOn(pg.Client.prototype, 'emit').mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      return args[0] === 'notification' ? false : (emit.apply(this, args) as boolean);
    });
    const { status } = await own[way]!(owner.client, `/v1/users/me/api-keys/${id}`);
    const answers = [await client.me(), await client.post('/v1/trams')];
    deaf.mockRestore();
    expect(status).toBeLessThan(300);
    for (const answer of answers) expectProblem(answer, 401, 'invalid_token');
  });

  it('is refused when its owner is deactivated or gone', async () => {
    for (const statement of [
      'UPDATE users SET is_active = false WHERE id = $1',
      'DELETE FROM users WHERE id = $1',
    ]) {
      const { client, owner } = await warmed();
      await behindItsBack(test, statement, [owner.user.id]);
      expectProblem(await client.get('/v1/trams'), 401, 'invalid_token');
    }
  });

  it('may no more than its owner may now', async () => {
    const { client, owner } = await warmed({ scopes: [{ permission: view }] });
    const holder = { type: 'user', id: owner.user.id };
    await rightsOf(test).take(holder, view);
    expectProblem(await client.post('/v1/trams'), 403, 'permission_denied');
    expect((await client.get('/v1/trams')).status).toBe(200);
    await rightsOf(test).give(holder, view);
    expect((await client.post('/v1/trams')).status).toBe(201);
  });

  it('is refused from its end on, though it is remembered', async () => {
    const expiring = await warmed({ expiresAt: new Date(test.clock.millis() + 60_000) });
    const retiring = await warmed();
    await retireKey(test, retiring, 60);
    await warmUp(retiring);
    test.clock.forward(61);
    expectProblem(await expiring.client.get('/v1/trams'), 401, 'invalid_token');
    expectProblem(await retiring.client.get('/v1/trams'), 401, 'invalid_token');
  });

  it('opens from its beginning on, and not before', async () => {
    const { user } = await make.user();
    const startsAt = new Date(test.clock.millis() + 60_000);
    const { client } = await makeKey(test, user.id, { startsAt });
    expectProblem(await client.get('/v1/trams'), 401, 'invalid_token');
    expectProblem(await client.get('/v1/trams'), 401, 'invalid_token');
    test.clock.forward(61);
    expect((await client.get('/v1/trams')).status).toBe(200);
  });

  it('does not forget what it knows when its uses are written', async () => {
    const { client } = await warmed();
    await test.app.get(ApiKeyUsesService, { strict: false }).write();
    expect(await statementsOf(() => client.get('/v1/trams'))).toEqual([]);
  });
});
