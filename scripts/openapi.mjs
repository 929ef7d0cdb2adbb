// Writes the OpenAPI document of the built application: node scripts/openapi.mjs <file>
// Nest only looks at the classes ("preview"): no database, no settings, nothing is started.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [file, dist = fileURLToPath(new URL('../dist', import.meta.url))] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: node scripts/openapi.mjs <file> [folder of the build]');
  process.exit(2);
}
const built = (path) => import(pathToFileURL(join(resolve(dist), path)).href);

const { NestFactory, DiscoveryService, MetadataScanner, ModulesContainer, Reflector } =
  await import('@nestjs/core');
const { FastifyAdapter } = await import('@nestjs/platform-fastify');
const { AppModule } = await built('app.module.js');
const { RouteTable } = await built('auth/route-table.js');
const { readSettings } = await built('config/settings.js');
const { openApiDocument } = await built('docs/openapi-document.js');

const settings = readSettings({});
const app = await NestFactory.create(AppModule.with(settings, ''), new FastifyAdapter(), {
  preview: true,
  logger: ['error', 'fatal'],
  abortOnError: false,
});
// A preview has no providers, so the table is put together by hand.
const controllers = new DiscoveryService(app.get(ModulesContainer));
const routes = new RouteTable(controllers, new MetadataScanner(), new Reflector()).routes();
const document = openApiDocument(app, settings.publicUrl, routes);

mkdirSync(dirname(resolve(file)), { recursive: true });
writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
