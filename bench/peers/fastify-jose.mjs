// Fastify, logs and headers as the limit has them, and an access token (ES256) that jose verifies at each request.
// Algorithm, issuer and audience are named, as jose's documentation and RFC 8725 advise. Who is signed in stands in
// memory: nothing finds out that a session has ended before its token has.
import { generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { createFastify, me, serve } from './serve.mjs';

const { privateKey, publicKey } = await generateKeyPair('ES256');
const rules = { algorithms: ['ES256'], issuer: 'https://bench.test', audience: 'bench' };
const users = new Map([[me.id, me]]);

const app = createFastify();
app.decorateRequest('user', null);
const authenticate = async (request, reply) => {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  try {
    if (scheme !== 'Bearer') throw new Error('No token');
    const { payload } = await jwtVerify(token, publicKey, rules);
    request.user = users.get(payload.sub);
  } catch {
    return reply.code(401).send({ error: 'Unauthorized' });
  }
};
app.get('/me', { onRequest: authenticate }, (request) => request.user);

const token = await new SignJWT({})
  .setProtectedHeader({ alg: 'ES256' })
  .setSubject(me.id)
  .setIssuer(rules.issuer)
  .setAudience(rules.audience)
  .setIssuedAt()
  .setExpirationTime('1h')
  .sign(privateKey);
await serve(app, [
  { name: 'Fastify with jose', path: '/me', headers: { authorization: `Bearer ${token}` } },
]);
