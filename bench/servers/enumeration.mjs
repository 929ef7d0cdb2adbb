// The server as it is or, as a control that must be found out, one that hashes nothing where there is no account.
import { DataSource } from 'typeorm';
import { closeApp, createApp } from '../../dist/app.js';
import { AppLogger } from '../../dist/common/logger.js';
import { readSettings } from '../../dist/config/settings.js';
import { PasswordService } from '../../dist/passwords/password.service.js';

const [, , control, accounts] = process.argv;
if (control === 'control') {
  const { check } = PasswordService.prototype;
  PasswordService.prototype.check = function (plain, encoded, ...rest) {
    return encoded == null
      ? Promise.resolve({ ok: false })
      : check.call(this, plain, encoded, ...rest);
  };
}
const settings = readSettings(process.env);
const logger = new AppLogger({ level: 'error', format: 'json' });
const app = await createApp({ settings, databaseUrl: settings.databaseUrl, logger });
const find = (type) => app.get(type, { strict: false });
const hash = await find(PasswordService).hash('a violet rides the tram');

/** name → what differs from an active account with a proved address and a password. */
const KINDS = {
  known: {},
  inactive: { is_active: 'false' },
  unproved: { email_verified_at: 'NULL' },
  passwordless: { password_hash: 'NULL' },
};
for (const [kind, special] of Object.entries(KINDS)) {
  const columns = {
    is_active: 'true',
    email_verified_at: 'now()',
    password_hash: '$2::text',
    ...special,
  };
  await find(DataSource).query(
    `INSERT INTO users (id, email, email_canonical, credentials_changed_at, created_at, updated_at, ${Object.keys(columns)})
     SELECT uuidv7(), '${kind}' || n || '@example.com', '${kind}' || n || '@example.com', now(), now(), now(), ${Object.values(columns)}
       FROM generate_series(0, $1) AS n WHERE $2::text IS NOT NULL`,
    [Number(accounts), hash],
  );
}
await find(DataSource).query('VACUUM ANALYZE users');
await app.listen(settings.port, '127.0.0.1');
process.send('ready');
process.on('SIGTERM', () => closeApp(app, settings).then(() => process.exit(0)));
