import pg from 'pg';
import { ownDatabase } from '../support/own-database.js';
import { type Askable, INVARIANTS, violations } from './invariants.js';

const [ANN, BOB] = ['01939f5c-7b0a-7c3e-8a51-000000000001', '01939f5c-7b0a-7c3e-8a51-000000000002'];
const id = (n: number) => `01939f5c-7b0a-7c3e-8a51-${String(n).padStart(12, '0')}`;

const user = (which: string, more: Record<string, string> = {}) => {
  const row = {
    id: `'${which}'`,
    email: `'${which}@example.com'`,
    email_canonical: `'${which}@example.com'`,
    password_hash: `'x'`,
    first_name: `'Cast'`,
    credentials_changed_at: 'now()',
    created_at: 'now()',
    updated_at: 'now()',
    ...more,
  };
  return `INSERT INTO users (${Object.keys(row).join()}) VALUES (${Object.values(row).join()})`;
};
const session = (n: number, more: Record<string, string> = {}) => {
  const row = {
    id: `'${id(n)}'`,
    user_id: `'${ANN}'`,
    methods: `'{pwd}'`,
    authenticated_at: 'now()',
    created_at: 'now()',
    last_seen_at: 'now()',
    expires_at: `now() + interval '1 day'`,
    transport: `'token'`,
    refresh_hash: `'\\x${String(n).padStart(4, '0')}'`,
    ...more,
  };
  return `INSERT INTO sessions (${Object.keys(row).join()}) VALUES (${Object.values(row).join()})`;
};
const key = (n: number, more: Record<string, string> = {}) => {
  const row = {
    id: `'${id(n)}'`,
    user_id: `'${ANN}'`,
    name: `'a key'`,
    environment: `'test'`,
    secret_mac: `decode(repeat('ab', 32), 'hex')`,
    pepper_id: `'${id(900)}'`,
    is_scoped: 'false',
    created_at: 'now()',
    expires_at: `now() + interval '1 day'`,
    ...more,
  };
  return `INSERT INTO api_keys (${Object.keys(row).join()}) VALUES (${Object.values(row).join()})`;
};
const event = (n: number, action: string, more: Record<string, string> = {}) => {
  const row = {
    id: `'${id(n)}'`,
    occurred_at: 'now()',
    action: `'${action}'`,
    outcome: `'success'`,
    subject_id: `'${ANN}'`,
    commitment: `''`,
    mac: `''`,
    ...more,
  };
  return `INSERT INTO audit_events (${Object.keys(row).join()}) VALUES (${Object.values(row).join()})`;
};
const token = (n: number, purpose: string) =>
  `INSERT INTO one_time_tokens (id, user_id, purpose, secret_hash, email, expires_at)
   VALUES ('${id(n)}', '${ANN}', '${purpose}', '\\x${String(n).padStart(4, '0')}', 'a@example.com', now() + interval '1 day')`;
const challenge = `INSERT INTO login_challenges (id, user_id, secret_hash, methods, credentials_changed_at, transport,
   refresh_transport, expires_at) VALUES ('${id(1)}', '${ANN}', '\\x01', '{pwd}', now() - interval '1 hour', 'token', 'body',
   now() + interval '1 hour')`;
const pepper = `INSERT INTO api_key_peppers (id, sealed_pepper, made_under, created_at)
   VALUES ('${id(900)}', '\\x01', '\\x01', now())`;
const code = `INSERT INTO recovery_codes (id, user_id, code_hash, created_at, used_at)
   VALUES ('${id(1)}', '${ANN}', '\\x01', now(), now())`;
const app = `INSERT INTO totp_factors (user_id, sealed_secret, last_step, created_at) VALUES ('${ANN}', '\\x01', 0, now())`;
const right = `INSERT INTO user_permissions (user_id, permission_id, created_at) VALUES ('${ANN}', 1, now())`;
const [sequence, hash] = ['sequence', 'hash'];
const ann = user(ANN);

/** How each is broken, on a database whose triggers and constraints sleep. */
const BREACHES: Readonly<Record<keyof typeof INVARIANTS, string[]>> = {
  'Q1 two users of one address': [ann, user(BOB, { email_canonical: `'${ANN}@example.com'` })],
  'Q1 a user whose address is not its canonical form': [
    user(ANN, { email_canonical: `'else@example.com'` }),
  ],
  'Q2 a user that nobody can ever sign in to': [user(ANN, { password_hash: 'NULL' })],
  'Q3 a refresh token that is the next of two sessions': [
    ann,
    session(1),
    session(2, { refresh_hash: `'\\x0001'` }),
  ],
  'Q3 a refresh token that is used and yet the next': [
    ann,
    session(1),
    session(2, { refresh_previous_hash: `'\\x0001'` }),
  ],
  'Q3 a session of a refresh token that a cookie opens, too': [
    ann,
    session(1, { secret_hash: `'\\x0009'` }),
  ],
  'Q4 a recovery code that let in twice': [
    ann,
    code,
    event(1, 'recovery_codes_made'),
    event(2, 'recovery_code_used'),
    event(3, 'recovery_code_used'),
  ],
  'Q4 somebody who was registered twice': [ann, event(1, 'registration'), event(2, 'registration')],
  'Q4 two links of one kind for one user': [
    user(ANN, { credentials_changed_at: `'epoch'` }),
    token(1, 'verify_email'),
    token(2, 'verify_email'),
  ],
  'Q5 a session older than the credentials that opened it': [
    ann,
    session(1, { authenticated_at: `now() - interval '1 hour'` }),
  ],
  'Q5 a link from before the credentials were changed': [ann, token(1, 'reset_password')],
  'Q5 somebody half signed in by credentials that were changed': [ann, challenge],
  'Q6 an authenticator app without recovery codes': [ann, app],
  'Q6 a session of level two of somebody without a second factor': [
    ann,
    session(1, { two_factor_at: 'now()' }),
  ],
  'Q7 a session of somebody who is deactivated': [user(ANN, { is_active: 'false' }), session(1)],
  'Q7 somebody deactivated who is half signed in': [user(ANN, { is_active: 'false' }), challenge],
  'Q7 a session of nobody': [session(1)],
  'Q7 a key of nobody': [pepper, key(1)],
  'Q8 no superuser, though there was one': [user(ANN, { is_staff: 'true' })],
  'Q9 too many API keys of one owner': [
    ann,
    pepper,
    event(1, 'api_key_created'),
    ...Array.from({ length: 11 }, (_, i) => key(i)),
  ],
  'Q9 a key that is kept otherwise than as a MAC': [
    ann,
    pepper,
    key(1, { secret_mac: `'gh_test_0123456789'` }),
  ],
  'Q9 a key with two successors': [
    ann,
    pepper,
    key(1, { retires_at: 'now()' }),
    key(2, { rotated_from: `'${id(1)}'` }),
    key(3, { rotated_from: `'${id(1)}'` }),
  ],
  'Q9 a key that was rotated and does not retire': [
    ann,
    pepper,
    key(1),
    key(2, { rotated_from: `'${id(1)}'` }),
  ],
  'Q10 too many sessions of one user': [
    user(ANN, { first_name: `'Ann'` }),
    ...Array.from({ length: 101 }, (_, i) => session(i)),
  ],
  'Q11 a key under a pepper that is unknown': [ann, key(1)],
  'Q11 not one key that signs and one next': [`DELETE FROM signing_keys WHERE state = 'next'`],
  'Q12 somebody who came without a trace': [user(ANN, { first_name: `'Ann'` })],
  'Q12 a key that was made without a trace': [ann, pepper, key(1)],
  'Q12 a right that was given without a trace': [ann, right],
  'Q12 a place in the log book that is taken twice, or left out': [
    event(1, 'sign_in', { [sequence]: '1', [hash]: `'\\x01'` }),
    event(2, 'sign_in', { [sequence]: '3', [hash]: `'\\x01'` }),
  ],
  'Q12 a log book whose end is cut off': [
    event(1, 'sign_in', { [sequence]: '1', [hash]: `'\\x01'` }),
    `INSERT INTO audit_head (id, sequence, hash, mac) VALUES (1, 9, '\\x01', '\\x01')`,
  ],
};

/** A query that cannot fail is a defect: each finds what it looks for, planted where nothing hinders it. */
describe('The invariants of the data', () => {
  let own: Awaited<ReturnType<typeof ownDatabase>>;
  let client: pg.Client;
  const source: Askable = {
    query: async <T extends object>(sql: string) => (await client.query(sql)).rows as T[],
  };

  beforeAll(async () => {
    own = await ownDatabase('invariants');
    client = new pg.Client({ connectionString: own.url });
    await client.connect();
    await client.query(`INSERT INTO signing_keys (kid, sealed_private_key, state, created_at, activated_at)
      VALUES ('a', '\\x01', 'current', now(), now()), ('b', '\\x01', 'next', now(), NULL)`);
    await client.query('SET session_replication_role = replica'); // neither triggers nor foreign keys
    await loosen(client);
  });
  afterAll(async () => {
    await client.end();
    await own.drop();
  });

  it('hold where nothing has happened', async () => {
    expect(await violations(source)).toEqual({});
  });

  it('are broken each in its way below', () => {
    expect(Object.keys(BREACHES)).toEqual(Object.keys(INVARIANTS));
  });

  it.each(Object.keys(BREACHES))('find %s', async (name) => {
    await client.query('BEGIN');
    try {
      for (const statement of BREACHES[name] ?? []) await client.query(statement);
      expect(Object.keys(await violations(source))).toContain(name);
    } finally {
      await client.query('ROLLBACK');
    }
  });
});

/** Takes away every check and everything that is unique, but what primary keys say. */
async function loosen(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ word: string }>(`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS word
      FROM pg_constraint WHERE contype IN ('c', 'u') AND connamespace = 'public'::regnamespace
       AND conparentid = 0 AND conislocal
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)`);
  for (const { word } of rows) await client.query(word);
}
