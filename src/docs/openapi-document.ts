import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type Route, RouteTable } from '../auth/route-table.js';
import { FAILS_EXTENSION } from '../common/api-docs.js';
import type { Settings } from '../config/settings.js';
import { documentExamples } from './examples.js';
import { failureResponses, PROBLEM_SCHEMAS } from './failure-responses.js';
import { type Operation, operationsOf } from './operations.js';
import { DESCRIPTION, TAGS } from './words.js';

/** The OpenAPI 3.1 document: what the controllers say, and what follows from the rules of the house. */
export function openApiDocument(app: INestApplication, settings: Settings): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, baseDocument(settings));
  const routes = app.get(RouteTable, { strict: false }).routes();
  Object.assign(((document.components ??= {}).schemas ??= {}), PROBLEM_SCHEMAS);
  for (const { method, path, operation } of operationsOf(document)) {
    const route = routes.find((each) => each.method === method && toTemplate(each.path) === path);
    addAccess(operation, route);
    addFailures(operation, route, settings.publicUrl);
    documentExamples(document, operation);
  }
  return document;
}

function baseDocument(settings: Settings) {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Gatehouse')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setContact('The Gatehouse team', settings.publicUrl, '')
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addServer(new URL(settings.publicUrl).pathname, 'This server')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `accessToken` of a login result.',
    });
  for (const [name, description] of TAGS) builder.addTag(name, description);
  return builder.build();
}

const toTemplate = (path: string) => path.replace(/:(\w+)/g, '{$1}');

function addAccess(operation: Operation, route: Route | undefined): void {
  operation.security = route?.rule?.kind === 'public' ? [] : [{ bearer: [] }];
}

function addFailures(operation: Operation, route: Route | undefined, publicUrl: string): void {
  const own = (operation[FAILS_EXTENSION] as string[] | undefined) ?? [];
  // The extension was only a note to this file.
  Reflect.deleteProperty(operation, FAILS_EXTENSION);
  const codes = new Set([...own, ...everyRoute, ...byRule(route), ...byBody(operation)]);
  Object.assign(operation.responses, failureResponses([...codes], publicUrl));
}

const everyRoute = [
  'ambiguous_credentials',
  'invalid_token',
  'internal_error',
  'service_unavailable',
];

function byRule(route: Route | undefined): string[] {
  const rule = route?.rule;
  if (rule === undefined || rule.kind === 'public') return [];
  if (rule.kind === 'login') {
    return ['not_authenticated', ...(rule.recent ? ['reauthentication_required'] : [])];
  }
  return [
    'not_authenticated',
    'permission_denied',
    ...(rule.kind === 'object' ? ['not_found'] : []),
  ];
}

function byBody({ requestBody }: Operation): string[] {
  return requestBody === undefined
    ? []
    : ['validation_failed', 'malformed_json', 'body_too_large', 'unsupported_media_type'];
}
