import { RouteTable } from '../../src/auth/route-table.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('The routes and who may call them', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.close());

  const table = () =>
    test.app
      .get(RouteTable, { strict: false })
      .routes()
      .map(({ method, path, rule }) => `${method} ${path} ${JSON.stringify(rule)}`);

  it('are exactly these', () => {
    expect(table()).toEqual([
      'GET /.well-known/jwks.json {"kind":"public"}',
      'GET /change-email {"kind":"public"}',
      'GET /docs/errors {"kind":"public"}',
      'GET /health/live {"kind":"public"}',
      'GET /health/ready {"kind":"public"}',
      'GET /keep-account {"kind":"public"}',
      'GET /reset-password {"kind":"public"}',
      'GET /stop-factor-reset {"kind":"public"}',
      'GET /undo-email-change {"kind":"public"}',
      'POST /v1/api-keys/revoke-leaked {"kind":"public"}',
      'GET /v1/api-keys/self {"kind":"login","apiKeys":true}',
      'GET /v1/audit-events {"kind":"permission","permissions":["audit.view_audit_event"]}',
      'GET /v1/auth/csrf {"kind":"public"}',
      'POST /v1/auth/deletion/undo {"kind":"public"}',
      'DELETE /v1/auth/email/change {"kind":"login"}',
      'GET /v1/auth/email/change {"kind":"login"}',
      'POST /v1/auth/email/change {"kind":"login"}',
      'POST /v1/auth/email/change/code {"kind":"login"}',
      'POST /v1/auth/email/change/confirm {"kind":"public"}',
      'POST /v1/auth/email/change/undo {"kind":"public"}',
      'POST /v1/auth/email/deny {"kind":"public"}',
      'POST /v1/auth/email/verification {"kind":"public"}',
      'POST /v1/auth/email/verify {"kind":"public"}',
      'POST /v1/auth/login {"kind":"public"}',
      'POST /v1/auth/login/two-factor {"kind":"public"}',
      'POST /v1/auth/login/two-factor/passkey-options {"kind":"public"}',
      'POST /v1/auth/logout {"kind":"public"}',
      'POST /v1/auth/logout/all {"kind":"login","enrollment":true}',
      'POST /v1/auth/passkey {"kind":"public"}',
      'POST /v1/auth/passkey/options {"kind":"public"}',
      'POST /v1/auth/password/change {"kind":"login"}',
      'POST /v1/auth/password/check {"kind":"public"}',
      'POST /v1/auth/password/forgot {"kind":"public"}',
      'GET /v1/auth/password/policy {"kind":"public"}',
      'POST /v1/auth/password/reset {"kind":"public"}',
      'POST /v1/auth/password/reset/check {"kind":"public"}',
      'POST /v1/auth/password/set {"kind":"login","recent":true}',
      'POST /v1/auth/reactivation {"kind":"public"}',
      'POST /v1/auth/reauthenticate {"kind":"login","enrollment":true}',
      'POST /v1/auth/reauthenticate/passkey-options {"kind":"login","enrollment":true}',
      'DELETE /v1/auth/refresh {"kind":"public"}',
      'POST /v1/auth/refresh {"kind":"public"}',
      'POST /v1/auth/register {"kind":"public"}',
      'GET /v1/auth/social/:provider/authorize {"kind":"public"}',
      'GET /v1/auth/social/:provider/callback {"kind":"public"}',
      'POST /v1/auth/social/:provider/callback {"kind":"public"}',
      'POST /v1/auth/social/:provider/id-token {"kind":"public"}',
      'POST /v1/auth/social/exchange {"kind":"public"}',
      'GET /v1/auth/social/providers {"kind":"public"}',
      'POST /v1/auth/two-factor/reset/stop {"kind":"public"}',
      'POST /v1/authorization/check {"kind":"login","apiKeys":true}',
      'POST /v1/authorization/explain {"kind":"login","apiKeys":true}',
      'POST /v1/authorization/objects {"kind":"login","apiKeys":true}',
      'POST /v1/authorization/subjects {"kind":"permission","permissions":["permissions.view_object_permission","users.view_user"]}',
      'POST /v1/authorization/what-if {"kind":"permission","permissions":["permissions.view_object_permission"]}',
      'GET /v1/catalog/products {"kind":"login","anonymous":true,"apiKeys":true}',
      'POST /v1/catalog/products {"kind":"permission","permissions":["catalog.add_product"]}',
      'DELETE /v1/catalog/products/:id {"kind":"object","permissions":["catalog.delete_product"],"param":"id"}',
      'GET /v1/catalog/products/:id {"kind":"object","permissions":["catalog.view_product"],"param":"id"}',
      'PATCH /v1/catalog/products/:id {"kind":"object","permissions":["catalog.change_product"],"param":"id"}',
      'GET /v1/catalog/products/:productId/reviews {"kind":"object","permissions":["catalog.view_product"],"param":"productId"}',
      'POST /v1/catalog/products/:productId/reviews {"kind":"permission","permissions":["catalog.add_review"]}',
      'DELETE /v1/catalog/products/:productId/reviews/:id {"kind":"object","permissions":["catalog.delete_review"],"param":"id"}',
      'GET /v1/catalog/products/:productId/reviews/:id {"kind":"object","permissions":["catalog.view_review"],"param":"id"}',
      'PATCH /v1/catalog/products/:productId/reviews/:id {"kind":"object","permissions":["catalog.change_review"],"param":"id"}',
      'GET /v1/groups {"kind":"login","anonymous":true,"apiKeys":true}',
      'POST /v1/groups {"kind":"permission","permissions":["permissions.add_group"]}',
      'DELETE /v1/groups/:id {"kind":"object","permissions":["permissions.delete_group"],"param":"id"}',
      'GET /v1/groups/:id {"kind":"object","permissions":["permissions.view_group"],"param":"id"}',
      'PATCH /v1/groups/:id {"kind":"object","permissions":["permissions.change_group"],"param":"id"}',
      'GET /v1/groups/:id/groups {"kind":"object","permissions":["permissions.view_group"],"param":"id"}',
      'DELETE /v1/groups/:id/groups/:includedId {"kind":"object","permissions":["permissions.change_group"],"param":"id"}',
      'PUT /v1/groups/:id/groups/:includedId {"kind":"object","permissions":["permissions.change_group"],"recent":true,"param":"id"}',
      'GET /v1/groups/:id/members {"kind":"object","permissions":["permissions.view_group"],"param":"id"}',
      'DELETE /v1/groups/:id/members/:userId {"kind":"object","permissions":["permissions.change_group"],"param":"id"}',
      'PUT /v1/groups/:id/members/:userId {"kind":"object","permissions":["permissions.change_group"],"recent":true,"param":"id"}',
      'GET /v1/groups/:id/permissions {"kind":"object","permissions":["permissions.view_group"],"param":"id"}',
      'DELETE /v1/groups/:id/permissions/:permission {"kind":"object","permissions":["permissions.change_group"],"param":"id"}',
      'PUT /v1/groups/:id/permissions/:permission {"kind":"object","permissions":["permissions.change_group"],"recent":true,"param":"id"}',
      'DELETE /v1/object-permissions {"kind":"permission","permissions":["permissions.delete_object_permission"]}',
      'GET /v1/object-permissions {"kind":"permission","permissions":["permissions.view_object_permission"]}',
      'POST /v1/object-permissions {"kind":"permission","permissions":["permissions.add_object_permission"]}',
      'DELETE /v1/object-permissions/:id {"kind":"permission","permissions":["permissions.delete_object_permission"]}',
      'POST /v1/object-permissions/bulk {"kind":"permission","permissions":["permissions.add_object_permission"]}',
      'GET /v1/permissions {"kind":"permission","permissions":["permissions.view_permission"]}',
      'PATCH /v1/permissions/:permission {"kind":"permission","permissions":["permissions.change_permission"],"apiKeys":false,"twoFactor":{"recent":true}}',
      'GET /v1/service-accounts {"kind":"login"}',
      'POST /v1/service-accounts {"kind":"permission","permissions":["service_accounts.add_service_account"],"recent":true,"apiKeys":false}',
      'DELETE /v1/service-accounts/:id {"kind":"object","permissions":["service_accounts.delete_service_account"],"recent":true,"apiKeys":false,"param":"id"}',
      'GET /v1/service-accounts/:id {"kind":"object","permissions":["service_accounts.view_service_account"],"apiKeys":false,"param":"id"}',
      'PATCH /v1/service-accounts/:id {"kind":"object","permissions":["service_accounts.change_service_account"],"recent":true,"apiKeys":false,"param":"id"}',
      'GET /v1/service-accounts/:id/api-keys {"kind":"object","permissions":["service_accounts.manage_keys_service_account"],"apiKeys":false,"param":"id"}',
      'POST /v1/service-accounts/:id/api-keys {"kind":"object","permissions":["service_accounts.manage_keys_service_account"],"recent":"strongest","apiKeys":false,"param":"id"}',
      'DELETE /v1/service-accounts/:id/api-keys/:keyId {"kind":"object","permissions":["service_accounts.manage_keys_service_account"],"apiKeys":false,"param":"id"}',
      'PATCH /v1/service-accounts/:id/api-keys/:keyId {"kind":"object","permissions":["service_accounts.manage_keys_service_account"],"recent":"strongest","apiKeys":false,"param":"id"}',
      'POST /v1/service-accounts/:id/api-keys/:keyId/rotate {"kind":"object","permissions":["service_accounts.manage_keys_service_account"],"recent":"strongest","apiKeys":false,"param":"id"}',
      'GET /v1/service-accounts/:id/permissions {"kind":"object","permissions":["service_accounts.view_service_account"],"apiKeys":false,"param":"id"}',
      'DELETE /v1/service-accounts/:id/permissions/:permission {"kind":"object","permissions":["service_accounts.change_service_account"],"apiKeys":false,"param":"id"}',
      'PUT /v1/service-accounts/:id/permissions/:permission {"kind":"object","permissions":["service_accounts.change_service_account"],"recent":true,"apiKeys":false,"param":"id"}',
      'GET /v1/social-providers {"kind":"permission","permissions":["social.view_provider"],"apiKeys":false}',
      'POST /v1/social-providers {"kind":"permission","permissions":["social.add_provider"],"recent":true,"apiKeys":false}',
      'DELETE /v1/social-providers/:id {"kind":"permission","permissions":["social.delete_provider"],"recent":true,"apiKeys":false}',
      'PATCH /v1/social-providers/:id {"kind":"permission","permissions":["social.change_provider"],"recent":true,"apiKeys":false}',
      'POST /v1/social-providers/:id/test {"kind":"permission","permissions":["social.change_provider"],"apiKeys":false}',
      'GET /v1/users {"kind":"login"}',
      'POST /v1/users {"kind":"permission","permissions":["users.add_user"],"apiKeys":false}',
      'GET /v1/users/:id {"kind":"object","permissions":["users.view_user"],"apiKeys":false,"param":"id"}',
      'PATCH /v1/users/:id {"kind":"object","permissions":["users.change_user"],"apiKeys":false,"param":"id"}',
      'GET /v1/users/:id/groups {"kind":"object","permissions":["users.view_user"],"apiKeys":false,"param":"id"}',
      'POST /v1/users/:id/password-reset {"kind":"object","permissions":["users.change_user"],"apiKeys":false,"param":"id"}',
      'GET /v1/users/:id/permissions {"kind":"object","permissions":["users.view_user"],"apiKeys":false,"param":"id"}',
      'DELETE /v1/users/:id/permissions/:permission {"kind":"object","permissions":["users.change_user"],"apiKeys":false,"param":"id"}',
      'PUT /v1/users/:id/permissions/:permission {"kind":"object","permissions":["users.change_user"],"recent":true,"apiKeys":false,"param":"id"}',
      'DELETE /v1/users/:id/sessions {"kind":"object","permissions":["users.change_user"],"apiKeys":false,"param":"id"}',
      'GET /v1/users/:id/sessions {"kind":"object","permissions":["users.change_user"],"apiKeys":false,"param":"id"}',
      'DELETE /v1/users/:id/sessions/:sessionId {"kind":"object","permissions":["users.change_user"],"apiKeys":false,"param":"id"}',
      'GET /v1/users/:id/two-factor {"kind":"object","permissions":["users.view_user"],"apiKeys":false,"param":"id"}',
      'DELETE /v1/users/:id/two-factor/reset {"kind":"object","permissions":["users.reset_two_factor_user"],"apiKeys":false,"param":"id"}',
      'POST /v1/users/:id/two-factor/reset {"kind":"object","permissions":["users.reset_two_factor_user"],"recent":"strongest","apiKeys":false,"param":"id"}',
      'DELETE /v1/users/me {"kind":"login","recent":true}',
      'GET /v1/users/me {"kind":"login","enrollment":true,"apiKeys":true}',
      'PATCH /v1/users/me {"kind":"login"}',
      'GET /v1/users/me/api-keys {"kind":"login"}',
      'POST /v1/users/me/api-keys {"kind":"login","recent":"strongest"}',
      'DELETE /v1/users/me/api-keys/:id {"kind":"login"}',
      'PATCH /v1/users/me/api-keys/:id {"kind":"login","recent":"strongest"}',
      'POST /v1/users/me/api-keys/:id/rotate {"kind":"login","recent":"strongest"}',
      'POST /v1/users/me/deactivate {"kind":"login","recent":true}',
      'GET /v1/users/me/export {"kind":"login","recent":true}',
      'GET /v1/users/me/permissions {"kind":"login","apiKeys":true}',
      'GET /v1/users/me/security-events {"kind":"login"}',
      'DELETE /v1/users/me/sessions {"kind":"login"}',
      'GET /v1/users/me/sessions {"kind":"login"}',
      'DELETE /v1/users/me/sessions/:id {"kind":"login"}',
      'GET /v1/users/me/social-accounts {"kind":"login"}',
      'DELETE /v1/users/me/social-accounts/:id {"kind":"login","recent":"strongest"}',
      'POST /v1/users/me/social-accounts/:provider/authorize {"kind":"login","recent":"strongest"}',
      'GET /v1/users/me/two-factor {"kind":"login","enrollment":true}',
      'GET /v1/users/me/two-factor/passkeys {"kind":"login","enrollment":true}',
      'POST /v1/users/me/two-factor/passkeys {"kind":"login","recent":"strongest","enrollment":true}',
      'DELETE /v1/users/me/two-factor/passkeys/:id {"kind":"login","recent":"strongest","enrollment":true}',
      'PATCH /v1/users/me/two-factor/passkeys/:id {"kind":"login","recent":"strongest","enrollment":true}',
      'POST /v1/users/me/two-factor/passkeys/options {"kind":"login","recent":"strongest","enrollment":true}',
      'POST /v1/users/me/two-factor/recovery-codes {"kind":"login","recent":"strongest","enrollment":true}',
      'DELETE /v1/users/me/two-factor/reset {"kind":"login"}',
      'DELETE /v1/users/me/two-factor/totp {"kind":"login","recent":"strongest","enrollment":true}',
      'POST /v1/users/me/two-factor/totp {"kind":"login","recent":"strongest","enrollment":true}',
      'POST /v1/users/me/two-factor/totp/confirm {"kind":"login","recent":"strongest","enrollment":true}',
      'DELETE /v1/users/me/two-factor/trusted-devices {"kind":"login"}',
      'GET /v1/users/me/two-factor/trusted-devices {"kind":"login"}',
      'DELETE /v1/users/me/two-factor/trusted-devices/:id {"kind":"login"}',
      'GET /verify-email {"kind":"public"}',
    ]);
  });

  it('are all that is served, but for the documentation', () => {
    const served = test.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
    // At one place of the address parameters of several names may stand: the drawing shows them as one.
    const nameless = (path = '') => path.replace(/:[\w|:]+/g, ':');
    const ours = new Set(table().map((row) => nameless(row.split(' ')[1])));
    const paths = [...flatten(served)].filter(
      (path) => !ours.has(nameless(path)) && !path.startsWith('/docs'),
    );
    expect(paths).toEqual([]);
  });
});

/** The full paths in Fastify's drawing of its routes. */
function* flatten(drawing: string): Generator<string> {
  const stack: string[] = [];
  for (const line of drawing.split('\n')) {
    const match = /^([│├└─ ]*)(\S.*)$/.exec(line);
    if (match === null) continue;
    const depth = (match[1]?.length ?? 0) / 4;
    const [segment = '', methods] = (match[2] ?? '').split(' (');
    stack.splice(Math.max(depth - 1, 0));
    stack.push(segment);
    if (methods !== undefined) yield stack.join('');
  }
}
