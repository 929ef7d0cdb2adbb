import { createHash } from 'node:crypto';
import { knownFailures } from '../../src/common/failure.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const UI_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe('The pages for people', () => {
  let test: TestApp;
  let client: Client;

  beforeAll(async () => {
    test = await startTestApp();
    client = new Make(test).client;
  });
  afterAll(() => test.close());

  it.each(['/docs', '/docs/'])(
    '%s is Swagger UI under our name, with its own policy',
    async (url) => {
      const { status, headers, text } = await client.get(url);
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch('text/html');
      expect(headers['content-security-policy']).toBe(UI_POLICY);
      expect(text).toContain('<title>Gatehouse API</title>');
      expect(text).not.toMatch(/<script>|(src|href)="https?:/);
      const assets = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
      expect(assets).toHaveLength(6);
      for (const path of assets) {
        const asset = await client.get(new URL(path, `http://localhost${url}`).pathname);
        expect(asset).toMatchObject({ status: 200 });
        expect(asset.headers['content-security-policy']).toBe(UI_POLICY);
      }
    },
  );

  it.each([
    '/docs/index.html',
    '/docs/package.json',
    '/docs/swagger-initializer.js',
    '/docs/oauth2-redirect.html',
    '/docs/swagger-ui-bundle.js.map',
    '/docs/..%2f..%2fpackage.json',
    '/docs/%2e%2e/package.json',
    '/docs-json',
    '/docs-yaml',
  ])('%s is not there', async (url) => {
    const { status, headers } = await client.get(url);
    expect(status).toBe(404);
    expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  it('/docs/openapi.json is JSON', async () => {
    const { status, headers } = await client.get('/docs/openapi.json');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('/docs/errors explains every code at the address that `type` names', async () => {
    const { status, text } = await client.get('/docs/errors');
    expect(status).toBe(200);
    const codes = knownFailures().map(({ code }) => code);
    expect([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)).toEqual(codes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(text).not.toContain('`');
  });

  it.each([
    '/docs/errors',
    '/verify-email',
    '/reset-password',
    '/change-email',
    '/undo-email-change',
  ])('%s runs nothing but what it came with', async (url) => {
    const { headers, text } = await client.get(url);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(headers['content-security-policy']);
    const inline = [...text.matchAll(/<(script|style)>([^]*?)<\/\1>/g)];
    expect(inline.length).toBeGreaterThan(0);
    for (const [, kind, source] of inline) {
      const hash = createHash('sha256').update(source!).digest('base64');
      expect(policy).toContain(`${kind!}-src 'sha256-${hash}'`);
    }
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toContain('unsafe');
  });
});
