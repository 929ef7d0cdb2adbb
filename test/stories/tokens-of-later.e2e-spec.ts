import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { KeyRing } from '../../src/config/key-ring.js';
import { publicJwk } from '../../src/sessions/jwk.js';
import { SIGNING_KEY_PURPOSE } from '../../src/sessions/signing-key-rotation.service.js';
import { Client } from '../support/client.js';
import { encode, Forge, strangeKey } from '../support/forge.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { KEY_OF_THE_RUN, startTestApp, type TestApp } from '../support/test-app.js';

/** Nodes of a later version beside this one give tokens that it has not given: accepted, or refused in so many words. */
describe('A token of a later version', () => {
  let test: TestApp;
  let make: Make;

  beforeEach(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterEach(async () => {
    await test.database.query(`DELETE FROM signing_keys WHERE state = 'retiring'`);
    await test.close();
  });

  it('T13 that says more than this one knows is accepted, and opens no more', async () => {
    const { token, user } = await make.signedIn();
    const superuser = await make.user({ isSuperuser: true });
    const claims = {
      scope: 'users.view_user *',
      roles: ['superuser'],
      permissions: ['users.view_user'],
      groups: ['admins'],
      isSuperuser: true,
      is_superuser: true,
      acr: 'aal9',
      amr: ['pwd', 'otp', 'later'],
      act: { sub: superuser.user.id },
      later: { nested: [null, 1, { sub: superuser.user.id }] },
    };
    const client = new Client(test, new Forge(test, token).token({ claims }));
    for (let i = 0; i < 2; i++) {
      // the second time from memory
      expect(await client.me()).toMatchObject({ status: 200, body: { id: user.id } });
      expect((await client.get('/v1/users')).body).toMatchObject({ items: [] });
      expectProblem(await client.get(`/v1/users/${superuser.user.id}`), 404, 'not_found');
      expectProblem(await client.get('/v1/audit-events'), 403, 'permission_denied');
    }
  });

  /** As a node that rotates writes it, without a word to this one. */
  const written = async (ring: KeyRing): Promise<{ kid: string; key: KeyObject }> => {
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kid } = publicJwk(key);
    const sealed = ring.seal(
      SIGNING_KEY_PURPOSE,
      kid,
      key.export({ type: 'pkcs8', format: 'der' }),
    );
    await test.database.transaction(async (manager) => {
      await manager.query('SET LOCAL session_replication_role = replica'); // no trigger announces it
      await manager.query(
        `INSERT INTO signing_keys (kid, sealed_private_key, state, created_at, activated_at, retires_at)
         VALUES ($1, $2, 'retiring', now(), now(), now() + interval '1 hour')`,
        [kid, sealed],
      );
    });
    return { kid, key };
  };
  const signedBy = (issued: string, kid: string, key: KeyObject) => {
    const forge = new Forge(test, issued);
    return new Client(
      test,
      forge.sign(encode({ ...forge.header, kid }), encode(forge.claims), key),
    );
  };
  const ours = new KeyRing([Buffer.from(KEY_OF_THE_RUN, 'base64')]);

  it('T13 signed with a key that this node has not seen yet is accepted: it looks', async () => {
    const { token } = await make.signedIn();
    const { kid, key } = await written(ours);
    const client = signedBy(token, kid, key);
    test.clock.forward(3);
    expect(await client.me()).toMatchObject({ status: 200 });
    const forged = signedBy(token, kid, strangeKey());
    expectProblem(await forged.me(), 401, 'invalid_token');
  });

  it('T13 signed with a key that this node cannot open is refused, and those of others go on', async () => {
    const { client, token } = await make.signedIn();
    const { kid, key } = await written(new KeyRing([randomBytes(32)]));
    for (let i = 0; i < 2; i++) {
      test.clock.forward(3);
      expectProblem(await signedBy(token, kid, key).me(), 401, 'invalid_token');
      expect(await client.me()).toMatchObject({ status: 200 });
    }
    const readable = await written(ours);
    test.clock.forward(3);
    const next = signedBy(token, readable.kid, readable.key);
    expect(await next.me()).toMatchObject({ status: 200 });
    expect(await client.me()).toMatchObject({ status: 200 });
    await test.database.query('DELETE FROM signing_keys WHERE kid = $1', [kid]);
  });
});
