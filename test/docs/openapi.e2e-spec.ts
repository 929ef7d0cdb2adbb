import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../src/app.module.js';
import { RouteTable } from '../../src/auth/route-table.js';
import { openApiDocument } from '../../src/docs/openapi-document.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import {
  codesOf,
  type Described,
  type OpenApi,
  operationsIn,
  readDocument,
} from './support/document.js';

/** Routes that answer with a page for people. */
const PAGES = [
  'GET /docs/errors',
  'GET /change-email',
  'GET /keep-account',
  'GET /undo-email-change',
  'GET /reset-password',
  'GET /stop-factor-reset',
  'GET /verify-email',
];

/** Everything in the document that looks like a secret; none of it is one. */
const FAKES = [
  // an API key whose checksum is wrong
  'gh_test_02ySGrkDXAve4d8fkFt27B_0mZ3J8vXq1kTn5RbW7yLcP2dHs9FgUaE6xQjMoKtViZ_02ABcd',
  // an ID token without a signature
  'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxMjM0In0.c2ln',
  // a verifier and its challenge (RFC 7636, appendix B), and a code whose checksum is wrong
  'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  'ghx_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v',
  // a challenge that no authenticator was asked to sign
  'zP2mJx0Qm2cKq1Jd5fXb0gq3m8o0r4w1Y7t6u5s4R2Q',
  // a challenge, a device token and a refresh token whose checksums are wrong
  'ghl_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v',
  'ghn_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v',
  'ghr_02YXKXHmYPxv1bQ5ZtPPLd_7h3QmZ0Xn2kR9sW4vB8cD1eF6gJ5tL0pN3qY2uA1zE8x0kqZ2v_3mB9xQ2LkPd',
  // the token of a mail about a reset of second factors, whose checksum is wrong
  'ghf_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
  // a verification token whose checksum is wrong
  'gh_test_02ySGrkDXAve4d8fkFt27B_0mZ3J8vXq1kTn5RbW7yLcP2dHs9FgUaE6xQjMoKtViZ_02ABcd',
  'ghd_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
  'ghv_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
  // tokens of a change of the address, whose checksums are wrong
  'ghe_02YbVnQ8zA1cX5mK7pR3tW_7Hq2Lx9Jv4Bn6Mc8Df0Gs1Ta3Ye5Ui7Oo9Pk2Zw4Rx6Tb8N0aBcDe',
  'ghu_02YbVnQ8zA1cX5mK7pR3tW_5Kd8Qs1Wf3Eh6Rj9Tl2Yz4Ux7Iv0Ob2Pc5An8Sm1Dg4Fk7H0aBcDe',
  // a reset token whose checksum is wrong
  'ghp_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
  // an access token without a signature
  'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im9LSXkifQ.eyJzdWIiOiIwMTkzIn0.c2ln',
  // the public key of RFC 7515, A.3, and a thumbprint
  'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U',
];

describe('The OpenAPI document', () => {
  let test: TestApp;
  let document: OpenApi;
  let operations: Described[];

  beforeAll(async () => {
    test = await startTestApp();
    document = await readDocument(new Make(test).client);
    operations = operationsIn(document);
  });
  afterAll(() => test.close());

  const schema = (name: string) => document.components.schemas[name]!;

  it('describes every route but the pages, and nothing else', () => {
    const routes = test.app.get(RouteTable, { strict: false }).routes();
    const names = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(({ name }) => name).sort()).toEqual(
      names.filter((name) => !PAGES.includes(name)).sort(),
    );
    expect(names).toEqual(expect.arrayContaining(PAGES));
    expect(document.openapi).toBe('3.1.0');
  });

  it('says of each what it is for, in a chapter that there is', () => {
    const chapters = document.tags.map(({ name }) => name);
    for (const { operation } of operations) {
      const { operationId, summary, description, tags } = operation;
      expect(operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(summary).toMatch(/^.{5,80}$/);
      expect(description).toMatch(/^.{10,}$/);
      expect(chapters).toEqual(expect.arrayContaining([...tags]));
      expect(tags).toHaveLength(1);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows an example of every body, whichever way it goes', () => {
    for (const { name, operation } of operations) {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)];
      const media = bodies.flatMap((body) => Object.values(body?.content ?? {}));
      for (const { example, examples } of media) {
        expect([name, example ?? Object.keys(examples ?? {}).length]).not.toEqual([name, 0]);
      }
    }
  });

  it('describes every answer, good and bad', () => {
    for (const { operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect(statuses).toEqual(expect.arrayContaining(['400', '401', '500', '503']));
      // Some do nothing but send a browser on.
      expect(statuses.filter((status) => /^[23]/.test(status)).length).toBeGreaterThan(0);
      for (const [status, { description, headers }] of Object.entries(operation.responses)) {
        expect(description).toMatch(/\w/);
        expect('WWW-Authenticate' in headers).toBe(status === '401');
        expect('Retry-After' in headers).toBe(['429', '503'].includes(status));
        expect(headers).toHaveProperty('X-Request-Id');
      }
    }
  });

  it('demands a credential where the access rule does', () => {
    const routes = test.app.get(RouteTable, { strict: false }).routes();
    for (const { method, path, operation } of operations) {
      const isThis = (each: { method: string; path: string }) =>
        each.method === method &&
        each.path.replace(/:(\w+)/g, '{$1}') === path.replace(/:(\w+)/g, '{$1}');
      const route = routes.find(isThis);
      const open = route?.rule?.kind === 'public';
      const cookie = method === 'GET' ? { session: [] } : { session: [], csrf: [] };
      const people = open ? [] : [{ bearer: [] }, cookie];
      expect(operation.security.filter((each) => !('apiKey' in each))).toEqual(people);
      expect(codesOf(operation, 401).includes('not_authenticated')).toBe(!open);
    }
  });

  it('names API keys where they pass, and says elsewhere that they do not', () => {
    const withKey = operations.filter(({ operation }) =>
      operation.security.some((each) => 'apiKey' in each),
    );
    const names = withKey.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'GET /v1/users/me',
        'GET /v1/catalog/products',
        'PATCH /v1/catalog/products/{id}',
        'POST /v1/authorization/check',
        'POST /v1/object-permissions',
        'GET /v1/audit-events',
      ]),
    );
    const ofPeople = /^\w+ \/v1\/(users|service-accounts|auth)\b(?!.*\/me(\/permissions)?$)/;
    expect(names.filter((name) => ofPeople.test(name))).toEqual([]);
    for (const { name, operation } of operations) {
      const isClosed = operation.security.length > 0 && !names.includes(name);
      const codes = codesOf(operation, 403);
      expect([name, codes.includes('api_key_not_allowed')]).toEqual([name, isClosed]);
      expect([name, codes.includes('address_not_allowed')]).toEqual([name, names.includes(name)]);
    }
    const demanding = withKey.filter(({ operation }) =>
      codesOf(operation, 403).includes('insufficient_scope'),
    );
    expect(demanding.map(({ name }) => name)).toContain('GET /v1/catalog/products/{id}');
    expect(demanding.map(({ name }) => name)).not.toContain('GET /v1/users/me');
  });

  it('says of the fields of bodies what the server holds against them', () => {
    for (const name of ['RegisterDto', 'LoginDto', 'ProfileDto', 'PasswordCheckDto']) {
      expect(schema(name).additionalProperties).toBe(false);
    }
    expect(schema('UserDto')).not.toHaveProperty('additionalProperties');
    expect(schema('RegisterDto').required).toEqual(['email', 'password']);
    expect(schema('RegisterDto').properties).toMatchObject({
      email: { type: 'string', format: 'email', maxLength: 254 },
      password: { type: 'string', format: 'password', writeOnly: true, maxLength: 512 },
      phoneNumber: { type: ['string', 'null'], pattern: '^\\+[1-9]\\d{6,14}$', maxLength: 16 },
      firstName: { type: 'string', maxLength: 150 },
    });
    expect(schema('ProfileDto')).not.toHaveProperty('required');
  });

  it('holds no secret', () => {
    const texts = JSON.stringify(document).match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    const suspicious = texts
      .map((text) => JSON.parse(text) as string)
      .filter((text) => !Object.hasOwn(document.paths, text))
      .filter((text) => /gh[a-z]_\w{20,}|eyJ[\w-]+\.|^[\w+/-]{40,}={0,2}$/.test(text));
    expect(new Set(suspicious)).toEqual(new Set(FAKES));
  });

  it('is the same without a database, as the linters read it (scripts/openapi.mjs)', async () => {
    const preview = await NestFactory.create<NestFastifyApplication>(
      AppModule.with(test.settings, ''),
      new FastifyAdapter(),
      { preview: true, logger: false },
    );
    const routes = test.app.get(RouteTable, { strict: false }).routes();
    const seen = openApiDocument(preview, test.settings.publicUrl, routes);
    expect(JSON.parse(JSON.stringify(seen))).toEqual(document);
  });
});
