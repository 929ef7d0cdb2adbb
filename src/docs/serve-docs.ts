import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { RouteTable } from '../auth/route-table.js';
import type { Settings } from '../config/settings.js';
import { openApiDocument } from './openapi-document.js';

/** Swagger UI brings its own scripts and styles, inline styles among them, and calls this server. */
const UI_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** As much of the package of Swagger UI as the page needs; the rest of it is not served. */
const ASSETS: ReadonlySet<unknown> = new Set([
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'favicon-16x16.png',
  'favicon-32x32.png',
]);

/** Pages that @nestjs/swagger adds and that do not find their scripts. */
const HIDDEN: ReadonlySet<string> = new Set(['/docs/index.html', '/docs/docs/swagger-ui-init.js']);

const assetOf = (params: unknown) => (params as Record<string, unknown>)['*'];

/** `/docs` is the page, `/docs/openapi.json` the document, made once: when it is first asked for, since few starts need it. */
export function serveDocs(app: NestFastifyApplication, settings: Settings): void {
  const server = app.getHttpAdapter().getInstance();
  const routes = app.get(RouteTable, { strict: false });
  const document = once(() => openApiDocument(app, settings.publicUrl, routes.routes()));
  const json = once(() => JSON.stringify(document()));
  guardAssets(server);
  server.get('/docs/openapi.json', (_, reply) => reply.type('application/json').send(json()));
  SwaggerModule.setup('docs', app, document, {
    raw: false,
    customSiteTitle: 'Gatehouse API',
    customCss: '.swagger-ui .topbar { display: none }',
    swaggerOptions: {
      persistAuthorization: false,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      defaultModelsExpandDepth: -1,
    },
  });
}

/** Only on the routes below `/docs` that are made after this, so that no other request pays for it. */
function guardAssets(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const { url } = route;
    if (url !== '/docs' && !url.startsWith('/docs/')) return;
    route.onRequest = (request, reply, done) => {
      if (HIDDEN.has(url) || (url === '/docs/*' && !ASSETS.has(assetOf(request.params)))) {
        reply.callNotFound();
        return;
      }
      void reply.header('content-security-policy', UI_POLICY);
      done();
    };
  });
}

/** What failed is tried again. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
