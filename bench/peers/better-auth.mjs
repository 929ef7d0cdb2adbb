// Better Auth on Fastify, as its guide has it (better-auth.com/docs/integrations/fastify; "Fetching session" of the
// Node guide): a catch-all for its own routes, and `auth.api` in those of the team. Logs and headers as the limit has
// them. MODE says which of its ways is measured:
//   database  the session of the cookie is read at each request (the default)
//   cache     the session is kept in a signed cookie as well (docs: "Optimizing for Performance", "Cookie Cache")
//   keys      API keys, verified as the plugin's page says, in its default storage, the database
// Production settings: NODE_ENV=production, a long secret, one pool of pg (10 connections, its default), sessions and
// users read in one join (`advanced.database.joins`, docs/adapters/postgresql, "Joins"), its rate limiter on, which
// calls of `auth.api` do not pass (docs/concepts/rate-limit), no telemetry. The indexes that its guide recommends on
// sessions and keys are in the schema that it makes.
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders } from 'better-auth/node';
import pg from 'pg';
import { createFastify, me, serve } from './serve.mjs';

const mode = process.env.MODE;
const app = createFastify();
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', () => undefined);

const text = { type: 'string', required: false };
const flag = { type: 'boolean', required: false };
const options = {
  baseURL: `http://127.0.0.1:${process.env.PORT}`,
  secret: 'long enough for the bench, and known to all who read it',
  database: pool,
  advanced: { database: { joins: true } },
  telemetry: { enabled: false },
  logger: { log: (level, message) => app.log[level](message) },
  rateLimit: { enabled: true },
  emailAndPassword: { enabled: true },
  user: {
    additionalFields: {
      ...{ firstName: text, lastName: text, locale: text, phoneNumber: text, organization: text },
      ...{ timezone: text, isStaff: flag, isSuperuser: flag },
    },
  },
  // Its guide says five minutes. An hour: no request of the run goes to the database after all.
  session: { cookieCache: { enabled: mode === 'cache', maxAge: 3600 } },
  // As it comes a key may be used ten times a day; counting costs the same.
  plugins:
    mode === 'keys'
      ? [apiKey({ rateLimit: { enabled: true, timeWindow: 86_400_000, maxRequests: 1e9 } })]
      : [],
};
await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);

const profile = (user) => ({
  id: user.id,
  email: user.email,
  emailVerified: user.emailVerified,
  firstName: user.firstName,
  lastName: user.lastName,
  locale: user.locale,
  phoneNumber: user.phoneNumber,
  organization: user.organization,
  timezone: user.timezone,
  isStaff: user.isStaff,
  isSuperuser: user.isSuperuser,
  createdAt: user.createdAt,
});

const signedIn = async (request) => {
  const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
  return session?.user;
};

/** The team's own read of whom the key belongs to, as quick as pg can be asked. */
const OWNER = { name: 'owner', text: 'SELECT * FROM "user" WHERE id = $1' };
const byKey = async (request) => {
  const shown = request.headers['x-api-key'];
  if (!shown) return undefined;
  const { valid, key } = await auth.api.verifyApiKey({ body: { key: shown } });
  return valid ? (await pool.query({ ...OWNER, values: [key.referenceId] })).rows[0] : undefined;
};

app.all('/api/auth/*', async (request, reply) => {
  const response = await auth.handler(
    new Request(new URL(request.url, options.baseURL), {
      method: request.method,
      headers: fromNodeHeaders(request.headers),
      ...(request.body ? { body: JSON.stringify(request.body) } : {}),
    }),
  );
  reply.status(response.status);
  response.headers.forEach((value, name) => reply.header(name, value));
  return response.text();
});
const find = mode === 'keys' ? byKey : signedIn;
app.get('/me', async (request, reply) => {
  const user = await find(request);
  return user ? profile(user) : reply.code(401).send({ error: 'Unauthorized' });
});

const { email, emailVerified, id: _, createdAt: __, ...rest } = me;
const credentials = { email, password: 'a violet rides the tram' };
const { user } = await auth.api.signUpEmail({ body: { name: 'Ann', ...credentials, ...rest } });
await pool.query('UPDATE "user" SET "emailVerified" = $1', [emailVerified]);
const shown = async () => {
  if (mode === 'keys') {
    const { key } = await auth.api.createApiKey({ body: { userId: user.id } });
    return { 'x-api-key': key };
  }
  const { headers } = await auth.api.signInEmail({ body: credentials, returnHeaders: true });
  return {
    cookie: headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; '),
  };
};
const names = { database: 'by cookie', cache: 'by cookie, cookie cache', keys: 'by API key' };
await serve(app, [{ name: `Better Auth ${names[mode]}`, path: '/me', headers: await shown() }]);
