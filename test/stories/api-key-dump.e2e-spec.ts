import { randomBytes, timingSafeEqual } from 'node:crypto';
import { ApiKeyRow } from '../../src/api-keys/api-key.entity.js';
import { ApiKey } from '../../src/api-keys/api-key.js';
import { PEPPER_PURPOSE } from '../../src/api-keys/peppers.service.js';
import { KeyRing } from '../../src/config/key-ring.js';
import { makeKey } from '../support/api-keys.js';
import { wholeDatabase } from '../support/dump.js';
import { Make } from '../support/make.js';
import { KEY_OF_THE_RUN, startTestApp, type TestApp } from '../support/test-app.js';

/** ASVS 11.5.1, 13.3.1: whoever has a dump, or the logs, but not `SECRET_KEYS`, has no API key. */
describe('A dump of the database, and everything that was logged', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({ environment: { LOG_LEVEL: 'trace' } });
  });
  afterAll(() => test.close());

  const spellingsOf = (secret: string) => {
    const bytes = Buffer.from(secret);
    return [
      secret,
      bytes.toString('hex'),
      bytes.toString('base64').replace(/=+$/, '').slice(0, -2),
      encodeURIComponent(secret),
    ];
  };

  it('have no key and no secret part of one, whatever was done with it', async () => {
    const { user, client, email } = await new Make(test).signedIn();
    const { body } = await client.post<{ id: string; key: string }>('/v1/users/me/api-keys', {
      name: 'Billing',
    });
    const one = client.withKey(body.key);
    expect((await one.me()).status).toBe(200);
    expect((await one.get('/v1/api-keys/self')).status).toBe(200);
    expect((await one.get('/v1/users/me/sessions')).status).toBe(403);
    expect((await one.get(`/v1/users/me?api_key=${body.key}`)).status).toBeLessThan(500);
    const { body: next } = await client.post<{ key: string }>(
      `/v1/users/me/api-keys/${body.id}/rotate`,
      {},
    );
    const wrong = ApiKey.issue('test', body.id).reveal();
    expect((await client.withKey(wrong).me()).status).toBe(401);
    const leaks = [body.key, next.key].map((token) => ({ token, type: 't' }));
    expect((await client.post('/v1/api-keys/revoke-leaked', leaks)).status).toBe(200);
    await test.outbox.about(email, /leaked/);

    const rows = await wholeDatabase(test);
    expect(rows).toContain(`${body.id},${user.id}`); // it does see them
    const told = [rows, test.logged.join('\n'), JSON.stringify(test.outbox.all())];
    for (const key of [body.key, next.key, wrong]) {
      const [, , , secret = '', checksum = ''] = key.split('_');
      expect(secret).toHaveLength(43);
      for (const text of told) {
        for (const spelling of spellingsOf(secret)) expect(text).not.toContain(spelling);
        expect(text).not.toContain(`_${checksum}`);
      }
    }
  });

  it('give nobody a way to try keys: their hashes are made with a pepper that is sealed', async () => {
    const { user } = await new Make(test).user();
    const { id, key: text } = await makeKey(test, user.id);
    const key = ApiKey.parse('test', text)!;
    const row = await test.database.manager.findOneOrFail(ApiKeyRow, {
      where: { id },
      relations: { pepper: true },
    });
    const { id: pepperId, sealedPepper } = row.pepper!;
    const openWith = (secretKey: Buffer) =>
      new KeyRing([secretKey]).open(PEPPER_PURPOSE, pepperId, sealedPepper);
    const pepper = openWith(Buffer.from(KEY_OF_THE_RUN, 'base64'));
    expect(timingSafeEqual(key.mac(pepper), row.secretMac)).toBe(true); // so it is made
    expect(() => openWith(randomBytes(32))).toThrow('Sealed under no key');
    expect(await wholeDatabase(test)).not.toContain(pepper.toString('hex'));
    for (const wrong of [randomBytes(32), sealedPepper, Buffer.alloc(32), Buffer.alloc(0)]) {
      expect(timingSafeEqual(key.mac(wrong), row.secretMac)).toBe(false);
    }
  });
});
