import { v7 as uuidv7 } from 'uuid';
import { makeKey } from '../support/api-keys.js';
import { Make } from '../support/make.js';
import { makeServiceAccount } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const SELF = '/v1/api-keys/self';
const HOUR = 3_600_000;

describe('A program that asks which API key it has', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const owner = async () => (await make.user()).user.id;

  it('is told all that was said of it, and nothing of its secret', async () => {
    const ownerId = await owner();
    const productId = uuidv7();
    const { id, key, row, client } = await makeKey(test, ownerId, {
      name: 'Billing',
      scopes: [
        { permission: 'catalog.view_product' },
        { permission: 'catalog.change_product', objectId: productId },
      ],
      allowedIps: ['127.0.0.0/8', '2001:db8::/32'],
      rateLimit: { limit: 1000, window: 60 },
    });
    const { status, body, text, headers } = await client.get(SELF);
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      name: 'Billing',
      prefix: key.split('_').slice(0, 3).join('_'),
      scopes: [`catalog.change_product:${productId}`, 'catalog.view_product'],
      owner: { type: 'user', id: ownerId },
      expiresAt: row.expiresAt.toISOString(),
      retiresAt: null,
      allowedIps: ['127.0.0.0/8', '2001:db8::/32'],
      rateLimit: { limit: 1000, window: 60 },
    });
    expect(text).not.toContain(key.split('_')[3]);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('tells being narrowed to nothing from not being narrowed', async () => {
    const ownerId = await owner();
    const wide = await makeKey(test, ownerId);
    const narrow = await makeKey(test, ownerId, { scopes: [] });
    expect((await wide.client.get(SELF)).body).toMatchObject({
      scopes: null,
      allowedIps: [],
      rateLimit: null,
    });
    expect(await narrow.client.get(SELF)).toMatchObject({ status: 200, body: { scopes: [] } });
  });

  it('learns when it must have gone over to its successor', async () => {
    const { id, client } = await makeKey(test, await owner());
    const until = new Date(test.clock.millis() + HOUR);
    await test.database.query('UPDATE api_keys SET retires_at = $1 WHERE id = $2', [until, id]);
    expect((await client.get(SELF)).body).toMatchObject({ retiresAt: until.toISOString() });
  });

  it('is a service account’s, if it is', async () => {
    const { id } = await makeServiceAccount(test);
    const { client } = await makeKey(test, id);
    expect((await client.get(SELF)).body).toMatchObject({
      owner: { type: 'service_account', id },
    });
  });

  it('is told nothing once the key is no good', async () => {
    const { id, client } = await makeKey(test, await owner());
    await test.database.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
    expect(await client.get(SELF)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
  });

  it('must have one: people are told so, and strangers to sign in', async () => {
    const { client } = await make.signedIn({ isSuperuser: true });
    expect(await client.get(SELF)).toMatchObject({
      status: 403,
      body: { code: 'api_key_required' },
    });
    expect(await make.client.get(SELF)).toMatchObject({
      status: 401,
      body: { code: 'not_authenticated' },
    });
  });
});
