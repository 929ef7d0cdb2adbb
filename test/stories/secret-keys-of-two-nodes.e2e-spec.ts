import { randomBytes } from 'node:crypto';
import { ResealingService } from '../../src/database/resealing.service.js';
import { SigningKeyRotationService } from '../../src/sessions/signing-key-rotation.service.js';
import { Client } from '../support/client.js';
import { heard } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { run, withDatabase } from '../support/test-database.js';

/** While SECRET_KEYS are replaced some nodes have the new key in front already, and others do not. */
describe('Secret keys that are not the same on all nodes', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));
  const name = `keys_of_two_${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const server = process.env['DATABASE_URL'] ?? '';
  const start = (...keys: unknown[]) =>
    startTestApp({
      environment: { DATABASE_URL: withDatabase(server, name), SECRET_KEYS: keys.join(',') },
    });
  let former: TestApp;
  let prepared: TestApp;
  let later: TestApp;

  beforeAll(async () => {
    await run(server, [
      `DROP DATABASE IF EXISTS ${name}`,
      `CREATE DATABASE ${name} TEMPLATE template`,
    ]);
    former = await start(older);
    prepared = await start(older, newer);
    later = await start(newer, older);
  });
  afterAll(async () => {
    await Promise.all([former, prepared, later].map((test) => test.close()));
    await run(server, [`DROP DATABASE ${name}`]);
  });

  const signIn = async (at: TestApp) => {
    const { email, password } = await new Make(at).user();
    return (await new Client(at).login(email, password)).body;
  };
  const refresh = (at: TestApp, refreshToken: string) =>
    new Client(at).post<{ refreshToken: string }>('/v1/auth/refresh', { refreshToken });

  it('T13 let a session go on from one to the other, where both have both keys', async () => {
    let { refreshToken } = await signIn(later);
    for (const node of [prepared, later, prepared, later]) {
      const answer = await refresh(node, refreshToken);
      expect(answer).toMatchObject({ status: 200 });
      ({ refreshToken } = answer.body);
    }
  });

  it('T13 tell a token that was used before on either', async () => {
    const { refreshToken: stolen } = await signIn(later);
    const { refreshToken } = (await refresh(prepared, stolen)).body;
    prepared.clock.forward(3600);
    const again = await refresh(prepared, stolen);
    prepared.clock.forward(-3600);
    expectProblem(again, 401, 'refresh_token_reused');
    for (const node of [prepared, later]) {
      expect((await refresh(node, refreshToken)).status).toBe(401); // it ended the session
    }
  });

  it('T13 sign nobody out where the new key is not known: one used before is merely invalid there', async () => {
    const { refreshToken: used } = await signIn(later);
    const between = (await refresh(later, used)).body.refreshToken;
    const { refreshToken } = (await refresh(later, between)).body;
    expectProblem(await refresh(former, used), 401, 'invalid_token');
    const next = await refresh(former, refreshToken);
    expect(next).toMatchObject({ status: 200 });
    expect(await refresh(later, next.body.refreshToken)).toMatchObject({ status: 200 });
  });

  it('T13 refuse nobody for signing keys that were sealed anew', async () => {
    const { accessToken } = await signIn(former);
    await later.app.get(ResealingService, { strict: false }).reseal();
    await later.app.get(SigningKeyRotationService, { strict: false }).rotate();
    await heard(former);
    await new Promise((resolve) => setTimeout(resolve, 100)); // the keys are being read
    const since = await signIn(later);
    for (const node of [former, prepared, later]) {
      for (const token of [accessToken, since.accessToken]) {
        expect(await new Client(node, token).me()).toMatchObject({ status: 200 });
      }
    }
    expect((await signIn(former)).accessToken).toBeDefined();
  });
});
