import { ApiKey } from '../../src/api-keys/api-key.js';
import { toBase62 } from '../../src/common/base62.js';
import { type MadeKey, makeKey } from '../support/api-keys.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('A server that calls with an API key', () => {
  let test: TestApp;
  let ownerId: string;
  let made: MadeKey;

  beforeAll(async () => {
    test = await startTestApp();
    ownerId = (await new Make(test).user()).user.id;
    made = await makeKey(test, ownerId);
  });
  afterAll(() => test.close());

  it('is its owner', async () => {
    const { status, body } = await made.client.me();
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: ownerId });
  });

  it('is told the same of a wrong secret, of an unknown key and of garbage', async () => {
    const wrong = ApiKey.issue('test', made.id).reveal();
    const unknown = ApiKey.issue('test').reveal();
    const garbage = `gh_test_${toBase62(Buffer.alloc(16))}`;
    const answers = await Promise.all(
      [wrong, unknown, garbage, ''].map((key) => new Client(test).withKey(key).me()),
    );
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(body).toMatchObject({ code: 'invalid_token' });
    }
  });

  it('is not let in where only people are', async () => {
    const { status, body } = await made.client.get('/v1/users/me/sessions');
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'api_key_not_allowed' });
  });
});
