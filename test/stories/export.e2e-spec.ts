import type { ExportDto } from '../../src/account/leaving/export.dto.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { RightsService } from '../../src/permissions/holding/rights.service.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook } from '../support/audit.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('An export', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ACCESS_TOKEN_TTL: '3600' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('holds everything that is held about oneself, and of nobody else', async () => {
    const bob = await make.signedIn();
    const { client, user, email, password } = await make.signedIn({ organization: 'Trams Ltd' });
    await make.client.login(email, password);
    const { status, body, headers } = await client.get<ExportDto>('/v1/users/me/export');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['content-disposition']).toBe('attachment; filename="account.json"');
    expect(headers['cache-control']).toBe('no-store');
    expect(body.profile).toMatchObject({ id: user.id, email, organization: 'Trams Ltd' });
    expect(body.sessions).toHaveLength(2);
    expect(body.sessions[0]).toMatchObject({ transport: 'token', methods: ['pwd'] });
    expect(body.securityEvents).toHaveLength(3);
    expect(body.securityEvents.at(-1)).toMatchObject({ action: 'data_exported' });
    expect(JSON.stringify(body)).not.toContain(bob.user.id);
    expect(JSON.stringify(body)).not.toContain(bob.email);
  });

  it('holds the rights that were given, and not where those sat who gave something', async () => {
    const [ann, clerk] = [await make.signedIn(), await make.user()];
    const rights = test.app.get(RightsService, { strict: false });
    const audit = test.app.get(AuditService, { strict: false });
    await test.database.transaction(async (manager) => {
      const her = { type: 'user', id: ann.user.id } as const;
      for (const permission of Object.values(userPermissions)) {
        await rights.give(manager, her, permission);
      }
      await audit.record(manager, {
        action: 'session_ended',
        outcome: 'success',
        actorId: clerk.user.id,
        subjectId: ann.user.id,
        caller: { ip: '203.0.113.99', userAgent: 'the browser of the clerk', requestId: '' },
      });
    });
    const { body, text } = await ann.client.get<ExportDto & { permissions: unknown[] }>(
      '/v1/users/me/export',
    );
    expect(body.permissions).toHaveLength(Object.values(userPermissions).length);
    expect(body.securityEvents).toContainEqual(
      expect.objectContaining({ action: 'session_ended', ip: null, userAgent: null }),
    );
    const { text: events } = await ann.client.get('/v1/users/me/security-events');
    for (const told of [text, events]) {
      expect(told).toContain('session_ended');
      expect(told).not.toMatch(/203\.0\.113\.99|clerk/);
    }
  });

  it('holds no secret', async () => {
    const { client } = await make.signedIn();
    const { text } = await client.get('/v1/users/me/export');
    expect(text).not.toMatch(/bcrypt|argon2|hash|salt|gh[a-z]_|"type":"Buffer"|commitment/i);
  });

  it('is whole, however long the life', async () => {
    const { client, user } = await make.signedIn();
    await test.database.query(
      `INSERT INTO audit_events (id, occurred_at, action, outcome, subject_id, details, salt, commitment, mac)
       SELECT gen_random_uuid(), now(), 'sign_in', 'failure', $1, '{}', '\\x00', '\\x00', '\\x00'
         FROM generate_series(1, 1700)`,
      [user.id],
    );
    const { body } = await client.get<ExportDto>('/v1/users/me/export');
    expect(body.securityEvents).toHaveLength(1702);
  });

  it('must have been proved recently, and leaves an entry in the log', async () => {
    const { client, user } = await make.signedIn();
    await client.get('/v1/users/me/export');
    test.clock.forward(301);
    expectProblem(await client.get('/v1/users/me/export'), 403, 'reauthentication_required');
    const book = await LogBook.of(test);
    expect(await book.words(user.id)).toEqual(['sign_in success', 'data_exported success']);
  });

  it('is for nobody who is not signed in', async () => {
    expectProblem(await make.client.get('/v1/users/me/export'), 401, 'not_authenticated');
  });
});
