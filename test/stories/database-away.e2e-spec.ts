import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/data-source.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import type { Answer, Client } from '../support/client.js';
import { GOOD_PASSWORD, Make, type MadeUser, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { WireTap } from '../support/wire-tap.js';

const POOL = 4;

/** Security catalogue 5.A in small: the database goes and comes; the server stays. */
describe('While the database is away', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-away-'));
  let postgres: EmbeddedPostgres;
  let wire: WireTap;
  let test: TestApp;
  let make: Make;
  let ann: MadeUser & { client: Client };

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres(dataDir, { durable: false });
    const dataSource = await createDataSource(readSettings({}), postgres.url).initialize();
    await migrate(dataSource, postgres.url);
    await dataSource.destroy();
    wire = await WireTap.before(postgres.url);
    const environment = { DATABASE_URL: wire.url, DATABASE_POOL: `${POOL}` };
    test = await startTestApp({ environment });
    make = new Make(test);
    ann = await make.signedIn();
  });
  afterAll(async () => {
    await test.close();
    await wire.cut();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const everyCall = (): Promise<Answer>[] => [
    make.client.login(ann.email, ann.password),
    make.client.login(someEmail(), ann.password),
    make.client.register(someEmail(), GOOD_PASSWORD),
    make.client.post('/v1/auth/email/verification', { email: ann.email }),
    ann.client.me(),
    ann.client.patch('/v1/users/me', { lastName: 'Lee' }),
    make.client.get('/health/ready'),
  ];

  const expectRefusedKindly = async (calls: Promise<Answer>[]) => {
    for (const answer of await Promise.all(calls)) {
      expectProblem(answer, 503, 'service_unavailable');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.text).not.toMatch(/ECONN|postgres|127\.0\.0\.1|timeout|Connection/);
    }
  };
  const expectAlive = async () => {
    expect(await make.client.get('/health/live')).toMatchObject({ status: 200 });
    expect(await make.client.get('/.well-known/jwks.json')).toMatchObject({ status: 200 });
    expect(await make.client.get('/v1/auth/password/policy')).toMatchObject({ status: 200 });
  };
  const expectAsEver = async () => {
    for (let i = 0; i < 200; i++) {
      if ((await make.client.get('/health/ready')).status === 200) break;
      await sleep(50);
    }
    const answers = await Promise.all(everyCall());
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 202, 202, 200, 200, 200]);
  };

  it('says so, lives on, and is as ever when it is back', async () => {
    await expectAsEver();
    await wire.cut();
    await expectRefusedKindly(everyCall());
    await expectRefusedKindly(everyCall());
    await expectAlive();
    await wire.reconnect();
    await expectAsEver();
  });

  it('says so when the database itself is stopped and started again', async () => {
    await postgres.stop();
    await expectRefusedKindly(everyCall());
    await expectAlive();
    postgres = await startEmbeddedPostgres(dataDir, { durable: false });
    await expectAsEver();
  });

  it('lets nobody in with a token that it cannot check', async () => {
    await wire.cut();
    for (const url of ['/v1/users/me', '/health/live', '/v1/auth/password/policy']) {
      await expectRefusedKindly([ann.client.get(url)]);
    }
    expectProblem(await ann.client.as('x.y.z').me(), 401, 'invalid_token');
    await wire.reconnect();
    await expectAsEver();
  });

  it('gives up on one that accepts connections and never answers', async () => {
    wire.goMute();
    await expectRefusedKindly(everyCall());
    await expectAlive();
    await wire.reconnect();
    await expectAsEver();
  });

  it('gives up on one whose connections are broken in the middle', async () => {
    const held = test.database.query('SELECT pg_sleep(20)');
    const broken = expect(held).rejects.toThrow();
    const calls = everyCall();
    await wire.reconnect();
    await broken;
    for (const { status } of await Promise.all(calls)) {
      expect([200, 202, 401, 503]).toContain(status);
    }
    await expectAsEver();
  });

  it('refuses when every connection is taken and every table locked, and recovers', async () => {
    const others = Array.from({ length: POOL }, () => test.database.createQueryRunner());
    await Promise.all(others.map((runner) => runner.connect()));
    await expectRefusedKindly(everyCall());
    await expectAlive();
    const [locker, ...rest] = others;
    await Promise.all(rest.map((runner) => runner.release()));
    await locker!.startTransaction();
    await locker!.query('LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    await expectRefusedKindly([ann.client.me(), make.client.login(ann.email, ann.password)]);
    await locker!.rollbackTransaction();
    await locker!.release();
    await expectAsEver();
  });

  it('sends afterwards the mail that was due meanwhile', async () => {
    const email = someEmail();
    await make.client.register(email, GOOD_PASSWORD);
    await wire.cut();
    await wire.reconnect();
    await expectAsEver();
    expect(await make.client.verify(await test.outbox.tokenFor(email))).toMatchObject({
      status: 204,
    });
  });

  it('logs the loss without any secret of the connection', () => {
    const password = new URL(wire.url).password;
    expect(password.length).toBeGreaterThan(10);
    expect(test.logged.join('')).not.toContain(password);
    for (const line of test.logged) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(test.logged.join('')).not.toContain('"code":"internal_error"');
  });
});
