import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type AccessRule, admitsApiKeys } from '../access/access-rule.js';
import type { Route } from '../auth/route.js';
import { FAILS_EXTENSION } from '../common/api-docs.js';
import { documentExamples } from './examples.js';
import { FailureResponses } from './failure-responses.js';
import { failuresOf } from './failures-of-route.js';
import { type Operation, operationsOf, type Schema, Schemas } from './operations.js';
import { headerRef, HEADERS, PROBLEM_SCHEMAS } from './problem-components.js';
import { description, TAGS } from './words.js';

/** The OpenAPI 3.1 document: what the controllers say, and what follows from the rules of the house. */
export function openApiDocument(
  app: INestApplication,
  publicUrl: string,
  routes: readonly Route[],
): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, baseDocument(publicUrl));
  const schemas = new Schemas(document);
  const failures = new FailureResponses(publicUrl, schemas);
  for (const { method, path, operation } of operationsOf(document)) {
    const route = routes.find((each) => each.method === method && toTemplate(each.path) === path);
    if (route === undefined) throw new Error(`A documented route does not exist: ${path}`);
    operation.security = credentialsOf(route);
    failures.addTo(operation, failuresOf(operation, route));
    refuseUnknownFields(schemas.bodyOf(operation), schemas);
    documentExamples(operation, schemas);
    finish(operation);
  }
  const { schemas: ours, ...components } = document.components ?? {};
  document.components = {
    ...components,
    schemas: { ...ours, ...(PROBLEM_SCHEMAS as object) },
    headers: HEADERS,
    examples: failures.examples,
  };
  return document;
}

function baseDocument(publicUrl: string) {
  const cookieName = publicUrl.startsWith('https://') ? '__Host-session' : 'session';
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Gatehouse')
    .setDescription(description(publicUrl))
    .setVersion('1')
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addServer(new URL(publicUrl).pathname, 'This server');
  describeCredentials(builder, cookieName);
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const base = builder.build();
  base.info.contact = { name: 'Whoever runs this server', url: publicUrl };
  return base;
}

function describeCredentials(builder: DocumentBuilder, cookieName: string): void {
  builder
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `accessToken` of a login result.',
    })
    .addCookieAuth(
      cookieName,
      {
        type: 'apiKey',
        in: 'cookie',
        description: 'Set by signing in with `transport: "cookie"`.',
      },
      'session',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'X-API-Key',
        description:
          'The key of a server, of a person or of a service account. It opens the operations that name it, as far as its scopes reach.',
      },
      'apiKey',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'X-XSRF-TOKEN',
        description: 'The token of `GET /v1/auth/csrf`, for calls with the cookie.',
      },
      'csrf',
    );
}

/** A cookie is not enough where something is changed; an API key does where it passes. */
function credentialsOf({ rule, method }: Route) {
  if (rule?.kind === 'public') return [];
  return [
    { bearer: [] },
    { session: [], ...(method !== 'GET' && { csrf: [] }) },
    ...(rule && passesWithKey(rule) ? [{ apiKey: [] }] : []),
  ];
}

/** A key proves no second factor. */
const passesWithKey = (rule: AccessRule): boolean =>
  admitsApiKeys(rule) && (rule.twoFactor === undefined || rule.twoFactor.apiKeys === true);

const toTemplate = (path: string) => path.replace(/:(\w+)/g, '{$1}');

/** As `validated` does, in every object of a body. */
function refuseUnknownFields(schema: Schema | undefined, schemas: Schemas): void {
  if (schema?.items !== undefined) refuseUnknownFields(schemas.resolve(schema.items), schemas);
  if (schema?.properties === undefined) return;
  schema.additionalProperties = false;
  for (const property of Object.values(schema.properties)) {
    refuseUnknownFields(schemas.resolve(property.allOf?.[0] ?? property), schemas);
  }
}

function finish(operation: Operation): void {
  // The extension was only a note to this room.
  Reflect.deleteProperty(operation, FAILS_EXTENSION);
  if (operation.parameters?.length === 0) delete operation.parameters;
  for (const response of Object.values(operation.responses)) {
    response.headers = { ...response.headers, 'X-Request-Id': headerRef('RequestId') };
  }
}
