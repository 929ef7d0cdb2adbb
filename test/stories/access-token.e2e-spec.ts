import { createPublicKey, generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '../support/client.js';
import { encode, Forge, strangeKey } from '../support/forge.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { type Rows, rowsOf } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Security catalogue 4.E, RFC 8725: what is no access token of this server opens nothing. */
describe('A forged access token', () => {
  let test: TestApp;
  let forge: Forge;
  let issued: string;
  let others: { id: string; sid: string };
  let trap: Server;
  let visits = 0;
  let before: Rows;

  beforeAll(async () => {
    test = await startTestApp();
    const make = new Make(test);
    issued = (await make.signedIn()).token;
    const other = await make.signedIn();
    forge = new Forge(test, issued);
    others = { id: other.user.id, sid: new Forge(test, other.token).claims['sid'] as string };
    trap = createServer((_, response) => {
      visits += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    before = await rowsOf(test);
  });
  afterAll(async () => {
    expect(await rowsOf(test)).toEqual(before);
    trap.close();
    await test.close();
  });

  /** 401 where it is needed, and 401 where none is needed: a bad credential is never none. */
  const expectRefused = async (...tokens: string[]) => {
    for (const token of tokens) {
      for (const url of ['/v1/users/me', '/v1/auth/password/policy']) {
        const answer = await new Client(test, token).get(url);
        expectProblem(answer, 401, 'invalid_token');
        expect(answer.headers['www-authenticate']).toBe(
          'Bearer realm="gatehouse", error="invalid_token"',
        );
      }
    }
  };
  const withClaims = (...changes: Readonly<Record<string, unknown>>[]) =>
    expectRefused(...changes.map((claims) => forge.token({ claims })));
  const withHeaders = (...changes: Readonly<Record<string, unknown>>[]) =>
    expectRefused(...changes.map((header) => forge.token({ header })));
  const trapUrl = () => `http://127.0.0.1:${(trap.address() as AddressInfo).port}/keys`;

  it('is told from a true one, which the same hand can make', async () => {
    expect(await new Client(test, issued).me()).toMatchObject({ status: 200 });
    expect(await new Client(test, forge.token()).me()).toMatchObject({ status: 200 });
  });

  it('E01 with another algorithm is refused', async () => {
    const algorithms = ['none', 'None', 'nOnE', 'NONE', '', null, undefined, ['ES256'], 0, {}];
    await withHeaders(...algorithms.map((alg) => ({ alg })));
    await withHeaders(
      ...['es256', 'ES384', 'RS256', 'PS256', 'EdDSA', 'HS256'].map((alg) => ({ alg })),
    );
    const unsigned = (alg: string) => `${encode({ ...forge.header, alg })}.${encode(forge.claims)}`;
    await expectRefused(`${unsigned('none')}.`, unsigned('none'), `${unsigned('ES256')}.`);
  });

  it('E02 signed with the public key as a secret is refused', async () => {
    const { publicKey, jwk, privateKey } = forge.key;
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const secrets = [
      ...[
        pem,
        pem.trim(),
        ` ${pem}`,
        pem.replaceAll('\n', '\r\n'),
        pem.replace(/-----.*-----\n?/g, ''),
      ],
      ...[JSON.stringify(jwk), jwk.x, jwk.kid, publicKey.export({ type: 'spki', format: 'der' })],
      ...[createPublicKey(privateKey).export({ format: 'jwk' }).x!, 'secret'],
    ];
    await expectRefused(
      ...secrets.flatMap((secret) => [forge.hmac(secret), forge.hmac(secret, 'ES256')]),
    );
  });

  it('E04 that brings its own key is refused', async () => {
    const key = strangeKey();
    const jwk = createPublicKey(key).export({ format: 'jwk' });
    const sign = (header: object) =>
      forge.sign(encode({ ...forge.header, ...header }), encode(forge.claims), key);
    await expectRefused(
      sign({}),
      sign({ jwk }),
      sign({ x5c: [jwk.x] }),
      sign({ jwk, kid: undefined }),
    );
    await withHeaders({ jwk: forge.key.jwk }, { x5c: ['MIIB'] }, { x5t: 'AAAA' });
  });

  it('E05 that says where its key is found sends the server nowhere', async () => {
    await withHeaders({ jku: trapUrl() }, { x5u: trapUrl() }, { kid: trapUrl() });
    await withHeaders({ jku: trapUrl(), kid: 'unknown' }, { iss: trapUrl() });
    expect(visits).toBe(0);
  });

  it('E06, E20 with an unknown key is refused', async () => {
    const kids = ['unknown', '', ' ', null, undefined, 7, [], {}, [forge.key.kid]];
    await withHeaders(...kids.map((kid) => ({ kid })));
    const traversals = ['../../../../dev/null', "' OR 1=1 --", 'a'.repeat(300), '\0', '__proto__'];
    await withHeaders(...traversals.map((kid) => ({ kid })));
  });

  it('with anything else in its header is refused', async () => {
    await withHeaders(
      { crit: ['exp'] },
      { crit: [] },
      { b64: false },
      { zip: 'DEF' },
      { cty: 'JWT' },
    );
  });

  it('E07 that is too old, or ends never or strangely, is refused', async () => {
    const { now } = forge;
    const ends = [
      now - 6,
      undefined,
      null,
      `${now + 200}`,
      1e30,
      -1,
      now + 100.5,
      NaN,
      [now],
      true,
      0,
    ];
    await withClaims(...ends.map((exp) => ({ exp })));
    await withClaims({ exp: now + 86_400 }, { exp: now + 301, iat: now });
    await withClaims({ exp: now - 60, iat: now - 300 }, { exp: now - 10, iat: now - 20 });
  });

  it('E08 from the future, or of no time, is refused', async () => {
    const { now } = forge;
    await withClaims({ nbf: now + 60 }, { iat: now + 60, exp: now + 120 });
    await withClaims(...[undefined, null, 'now', `${now}`, 1.5, {}].map((iat) => ({ iat })));
    const moments = [undefined, null, 'now', `${now}`, 1.5, now + 60];
    await withClaims(...moments.map((moment) => ({ auth_time: moment })));
  });

  it('E09 for somebody else is refused', async () => {
    const audiences = [
      undefined,
      null,
      '',
      'https://other.example',
      [],
      ['https://other.example'],
      {},
    ];
    await withClaims(...audiences.map((aud) => ({ aud })));
    await withClaims(
      { aud: 'http://localhost:3000/' },
      { aud: 'HTTP://LOCALHOST:3000' },
      { aud: 1 },
    );
  });

  it('E10 from somebody else is refused', async () => {
    const issuers = [undefined, null, '', 'https://other.example', 'http://localhost:3000/'];
    await withClaims(...issuers.map((iss) => ({ iss })));
    await withClaims(
      { iss: 'HTTP://localhost:3000' },
      { iss: ['http://localhost:3000'] },
      { iss: {} },
    );
  });

  it('E11 that is a token of another kind is refused', async () => {
    const types = [
      undefined,
      null,
      '',
      'JWT',
      'jwt',
      'AT+JWT',
      'application/at+jwt',
      'id+jwt',
      ['at+jwt'],
    ];
    await withHeaders(...types.map((typ) => ({ typ })));
    await expectRefused(
      'ghv_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5',
      'x',
      '0',
    );
  });

  it('E13 in any other shape is refused', async () => {
    const [header = '', claims = '', signature = ''] = issued.split('.');
    await expectRefused(
      ...[`${header}.${claims}`, `${issued}.`, `.${issued}`, `${issued}.${signature}`, '..', '.'],
      ...[`${header}.${claims}.${signature}.x.y`, `${header}=.${claims}.${signature}`],
      ...[`${header}.${claims}.${signature}==`, `${header}%2e${claims}%2e${signature}`],
      ...[`${header}..${signature}`, `.${claims}.${signature}`, `${issued}\u00e9`],
      ...[JSON.stringify({ payload: claims, signatures: [{ protected: header, signature }] })],
      ...[forge.sign(encode(forge.header), encode(issued)), 'a'.repeat(8000)],
      ...[forge.sign(encode({ ...forge.header, x: 'a'.repeat(2000) }), encode(forge.claims))],
    );
    const contents = ['null', '[]', '1', '"x"', '', '{', '{"a":1}x', '\ufeff{}'].map(encode);
    await expectRefused(
      ...contents.map((content) => forge.sign(content || 'e30', encode(forge.claims))),
      ...contents.map((content) => forge.sign(encode(forge.header), content)),
    );
  });

  it('E14 with repeated claims never speaks for two', async () => {
    const twice = JSON.stringify(forge.claims).replace('{', `{"sub":"${others.id}",`);
    const token = forge.sign(encode(forge.header), encode(twice));
    expect(await new Client(test, token).me()).toMatchObject({ body: { id: forge.claims['sub'] } });
    const turned = JSON.stringify(forge.claims).replace(/\}$/, `,"sub":"${others.id}"}`);
    await expectRefused(forge.sign(encode(forge.header), encode(turned)));
  });

  it('E15 without a subject or a session, or with those of two, is refused', async () => {
    const nobodies = [undefined, null, '', 0, 1, true, [], {}, 'admin', randomUUID()];
    await withClaims(...nobodies.map((sub) => ({ sub })), ...nobodies.map((sid) => ({ sid })));
    await withClaims({ sub: others.id }, { sid: others.sid }, { sub: undefined, sid: undefined });
    await withClaims(
      { sub: [forge.claims['sub']] },
      { sid: { $ne: null } },
      { jti: undefined },
      { jti: 1 },
    );
    await withClaims({ sub: '00000000-0000-0000-0000-000000000000' }, { amr: 'pwd' }, { amr: [1] });
  });

  it('E16 with a signature of nothing is refused', async () => {
    const { privateKey } = forge.key;
    const der = signBytes(
      'sha256',
      Buffer.from(issued.slice(0, issued.lastIndexOf('.'))),
      privateKey,
    );
    const edwards = generateKeyPairSync('ed25519').privateKey;
    await expectRefused(
      forge.withSignature(Buffer.alloc(64)),
      forge.withSignature(Buffer.alloc(64, 0xff)),
      forge.withSignature(Buffer.alloc(63)),
      forge.withSignature(''),
      forge.withSignature(der),
      forge.withSignature(signBytes(null, Buffer.from('x'), edwards)),
      forge.withSignature(forge.token().split('.')[2]!),
    );
  });

  it('E22 of another server is refused', async () => {
    const elsewhere = forge.sign(encode(forge.header), encode(forge.claims), strangeKey());
    await expectRefused(elsewhere);
  });
});
