// The server, with one more public route whose answer is as long as that of GET /v1/users/me, somebody who has an
// API key, and as many other keys in the table as KEYS says. What the bench needs of it is sent as a message.
import { Controller, Get, Module } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Public } from '../../dist/access/access.decorators.js';
import { ApiKeyProofs } from '../../dist/api-keys/api-key-proofs.service.js';
import { ApiKey } from '../../dist/api-keys/api-key.js';
import { ApiKeysService } from '../../dist/api-keys/api-keys.service.js';
import { closeApp, createApp } from '../../dist/app.js';
import { AppLogger } from '../../dist/common/logger.js';
import { readSettings } from '../../dist/config/settings.js';
import { UserDto } from '../../dist/users/user.dto.js';
import { UsersService } from '../../dist/users/users.service.js';
import { statementsOf } from '../lib/statements.mjs';

const ROUNDS = 2000;
const YEAR = 365 * 86_400_000;

let answer;
class ConstantController {
  read() {
    return answer;
  }
}
const read = Object.getOwnPropertyDescriptor(ConstantController.prototype, 'read');
Get()(ConstantController.prototype, 'read', read);
Public()(ConstantController.prototype, 'read', read);
Controller('v1/constant')(ConstantController);
class ConstantModule {}
Module({ controllers: [ConstantController] })(ConstantModule);

const settings = readSettings(process.env);
const logger = new AppLogger({ level: settings.logLevel, format: 'json' });
const app = await createApp({
  settings,
  databaseUrl: settings.databaseUrl,
  logger,
  imports: [ConstantModule],
});
const find = (type) => app.get(type, { strict: false });
const given = { email: 'ann@example.com', passwordHash: null, emailVerified: true };
const { id: ownerId } = await find(DataSource).transaction((m) =>
  find(UsersService).create(m, given),
);
answer = { ...UserDto.of(await find(UsersService).get(ownerId)) };
const { key, row } = await find(DataSource).transaction((manager) =>
  find(ApiKeysService).issue(manager, {
    ownerId,
    name: 'bench',
    allowedIps: [],
    rateLimit: null,
    startsAt: null,
    expiresAt: new Date(Date.now() + YEAR),
    rotatedFrom: null,
    createdBy: ownerId,
  }),
);
await fill(Number(process.env['KEYS']) - 1);

const text = key.reveal();
const garbage = text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
const call = () =>
  app.inject({ method: 'GET', url: '/v1/users/me', headers: { 'x-api-key': text } });
for (let i = 0; i < 10; i++) await call();
const statements = await statementsOf(async () => {
  for (let i = 0; i < ROUNDS; i++) await call();
});
const { environment } = settings.apiKeys;
const first = await microseconds(() => find(ApiKeyProofs).prove(ApiKey.parse(environment, text)));
const refused = await microseconds(() => ApiKey.parse(environment, garbage));

await app.listen(settings.port, '127.0.0.1');
process.send({
  key: text,
  garbage,
  bytes: JSON.stringify(answer).length,
  statements: statements.length,
  microseconds: { firstUse: first, garbage: refused },
});
process.on('SIGTERM', () => closeApp(app, settings).then(() => process.exit(0)));

/** Keys of others: a hundred each. What proves them is made up. */
async function fill(count) {
  const client = new pg.Client({ connectionString: settings.databaseUrl }); // the application's own would give up
  await client.connect();
  await client.query(
    `WITH owners AS (
       INSERT INTO users (id, email, email_canonical, email_verified_at, credentials_changed_at, created_at, updated_at)
       SELECT uuidv7(), 'u' || n || '@example.com', 'u' || n || '@example.com', now(), now(), now(), now()
         FROM generate_series(0, $1::int / 100) AS n RETURNING id),
     numbered AS (SELECT id, row_number() OVER () - 1 AS n FROM owners)
     INSERT INTO api_keys (id, user_id, name, environment, secret_mac, pepper_id, is_scoped, created_at, expires_at, created_by)
     SELECT uuidv7(), o.id, 'key ' || s.n, $2, sha256(s.n::text::bytea), $3, false, now(), now() + interval '1 year', o.id
       FROM generate_series(1, $1::int) AS s(n) JOIN numbered o ON o.n = s.n / 100`,
    [count, row.environment, row.pepperId],
  );
  await client.query('VACUUM ANALYZE users');
  await client.query('VACUUM ANALYZE api_keys');
  await client.end();
}

async function microseconds(work) {
  for (let i = 0; i < ROUNDS; i++) await work();
  const begun = performance.now();
  for (let i = 0; i < ROUNDS; i++) await work();
  return Math.round(((performance.now() - begun) * 1e5) / ROUNDS) / 100;
}
