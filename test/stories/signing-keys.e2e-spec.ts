import { createPublicKey, verify } from 'node:crypto';
import { SigningKeyRotationService } from '../../src/sessions/signing-key-rotation.service.js';
import { heard } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Jwk {
  readonly kid: string;
  readonly [name: string]: string;
}

const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Jwk).kid;

/** As another service does it, which knows nothing but the published keys. */
function verifies(token: string, keys: readonly Jwk[]): boolean {
  const key = keys.find(({ kid }) => kid === kidOf(token));
  if (key === undefined) return false;
  const [header, claims, signature = ''] = token.split('.');
  return verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
}

describe('The keys that sign access tokens', () => {
  let test: TestApp;
  let make: Make;
  let rotation: SigningKeyRotationService;

  beforeEach(async () => {
    test = await startTestApp();
    make = new Make(test);
    rotation = test.app.get(SigningKeyRotationService, { strict: false });
  });
  afterEach(() => test.close());

  const rotate = async () => {
    await rotation.rotate();
    await heard(test);
    await new Promise((resolve) => setTimeout(resolve, 50)); // the keys are being read
  };
  const published = async () =>
    (await make.client.get<{ keys: Jwk[] }>('/.well-known/jwks.json')).body.keys;
  const states = async () => (await rotation.status()).map(({ state }) => state);

  it('are two from the first start: one that signs, and the next one', async () => {
    const { token } = await make.signedIn();
    const rows = await rotation.status();
    expect((await states()).slice(0, 2)).toEqual(['current', 'next']);
    expect((await published()).slice(0, 2).map(({ kid }) => kid)).toEqual(
      rows.slice(0, 2).map(({ kid }) => kid),
    );
    expect(kidOf(token)).toBe(rows[0]?.kid);
  });

  it('change without anybody being signed out', async () => {
    const before = await make.signedIn();
    await rotate();
    const after = await make.signedIn();
    expect(kidOf(after.token)).not.toBe(kidOf(before.token));
    expect(await before.client.me()).toMatchObject({ status: 200 });
    expect(await after.client.me()).toMatchObject({ status: 200 });
  });

  it('are known to other services before they sign', async () => {
    const cached = await published();
    await rotate();
    const { token } = await make.signedIn();
    expect(verifies(token, cached)).toBe(true);
  });

  it('E20 verify until the last token has ended, and no longer', async () => {
    const { token } = await make.signedIn();
    await rotate();
    test.clock.forward(test.settings.accessTokenTtl + 59);
    expect((await published()).map(({ kid }) => kid)).toContain(kidOf(token));
    test.clock.forward(2);
    expect((await published()).map(({ kid }) => kid)).not.toContain(kidOf(token));
    await rotation.tend();
    expect((await rotation.status()).map(({ kid }) => kid)).not.toContain(kidOf(token));
  });

  it('E20 a token of a key that the operator deleted is refused at once', async () => {
    const { client, token } = await make.signedIn();
    expect(await client.me()).toMatchObject({ status: 200 });
    await rotate();
    await test.database.query('DELETE FROM signing_keys WHERE kid = $1', [kidOf(token)]);
    await heard(test);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expectProblem(await client.me(), 401, 'invalid_token');
  });

  it('are replaced by themselves after 90 days', async () => {
    const { token } = await make.signedIn();
    test.clock.forward(89 * 86_400);
    await rotation.tend();
    expect((await rotation.status())[0]?.kid).toBe(kidOf(token));
    test.clock.forward(2 * 86_400);
    await rotation.tend();
    expect((await rotation.status())[0]?.kid).not.toBe(kidOf(token));
  });

  it('are one current and one next, also after ten rotations at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => rotation.rotate()));
    expect((await states()).filter((state) => state !== 'retiring')).toEqual(['current', 'next']);
    const insert = "UPDATE signing_keys SET state = 'next', activated_at = NULL, retires_at = NULL";
    await expect(test.database.query(insert)).rejects.toThrow('signing_keys_one_of_each');
  });
});
