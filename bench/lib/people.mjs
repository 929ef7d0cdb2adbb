import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { OpaqueToken } from '../../dist/common/opaque-token.js';
import { KeyRing } from '../../dist/config/key-ring.js';
import { readSettings } from '../../dist/config/settings.js';
import { defaultHashers } from '../../dist/passwords/default-hashers.js';
import { derive } from '../../dist/passwords/hash-worker.js';
import { RefreshToken } from '../../dist/sessions/refresh-token.js';

export const PASSWORD = 'a violet rides the tram';
const BATCH = 10_000;

/** A secret key of the bench's own: for the server, and for whoever makes tokens that the server accepts. */
export function ownKey() {
  const key = randomBytes(32);
  return { text: key.toString('base64'), ring: new KeyRing([key]) };
}

/** How the server hashes by default: the same function with the same parameters, and no more. */
export function hashing() {
  const [hasher] = defaultHashers(readSettings({}));
  const { by, encode } = hasher.fresh();
  const { kernel, cost } = by;
  return {
    name: `${hasher.algorithm}, ${kernel} of cost ${cost}`,
    hash: () => derive({ password: PASSWORD, by }),
    encoded: () => encode(derive({ password: PASSWORD, by })),
  };
}

async function connected(url, work) {
  const client = new pg.Client({ connectionString: url }); // the application's own would give up after 10 s
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** u0@example.com and so on, with proved addresses, and all with the same password. */
export const fillPeople = (url, count) =>
  connected(url, async (client) => {
    await client.query(
      `INSERT INTO users (id, email, email_canonical, email_verified_at, password_hash, credentials_changed_at, created_at, updated_at)
       SELECT uuidv7(), 'u' || n || '@example.com', 'u' || n || '@example.com', now(), $2, now(), now(), now()
         FROM generate_series(0, $1::int - 1) AS n`,
      [count, hashing().encoded()],
    );
    await client.query('VACUUM ANALYZE users');
  });

/**
 * Signs the people from `from` on in, each once, without asking the server. Returns what they hold: the value of the
 * cookie, or the refresh token if there is a ring to seal it.
 */
export const signInPeople = (url, { from = 0, count, ring }) =>
  connected(url, async (client) => {
    const tokens = Array.from({ length: count }, () => OpaqueToken.issue(ring ? 'ghr' : 'ghs'));
    for (let i = 0; i < count; i += BATCH) {
      const some = tokens.slice(i, i + BATCH);
      await client.query(
        `INSERT INTO sessions (id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, ip, user_agent, transport, ${ring ? 'refresh_hash' : 'secret_hash'})
         SELECT s.id, u.id, '{pwd}', now(), now(), now(), now() + interval '14 days', '203.0.113.7',
                'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', $3, s.hash
           FROM unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY AS s(id, hash, n)
           JOIN users u ON u.email_canonical = 'u' || ($4::int + s.n - 1) || '@example.com'`,
        [
          some.map(({ id }) => id),
          some.map(({ hash }) => hash),
          ring ? 'token' : 'cookie',
          from + i,
        ],
      );
    }
    await client.query('VACUUM ANALYZE sessions');
    return tokens.map((token) =>
      ring ? RefreshToken.of(token, ring).reveal() : `session=${token.reveal()}`,
    );
  });

/** What somebody of `fillPeople` holds: headers, for each way to be known. */
export async function credentialsOf({ url, base, n = 0 }) {
  const call = async (path, body, headers = {}) => {
    const answer = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const [cookie] = await signInPeople(url, { from: n, count: 1 });
  const person = { email: `u${n}@example.com`, password: PASSWORD };
  const authorization = `Bearer ${(await call('/v1/auth/login', person)).accessToken}`;
  const { key } = await call('/v1/users/me/api-keys', { name: 'bench' }, { authorization });
  return {
    cookie: { cookie },
    'access token': { authorization },
    'API key': { 'x-api-key': key },
  };
}
