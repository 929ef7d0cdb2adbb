import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { Public, RequireTwoFactor } from '../../src/access/access.decorators.js';
import { makeKey } from '../support/api-keys.js';
import { withAuthenticator } from '../support/authenticator.js';
import { BankModule, SAFE, Safe } from '../support/bank.js';
import type { Client } from '../support/client.js';
import { Grants, userHolder } from '../support/grants.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { signedInWithCode } from '../support/two-factor-policy.js';

const ENROL = 'two_factor_enrollment_required';
const SHOW = 'two_factor_required';

@RequireTwoFactor()
@Controller('v1/half')
class HalfOpenController {
  @Public()
  @Get('open')
  open(): void {
    // nothing: only its rule matters
  }
}

@Module({ controllers: [HalfOpenController] })
class HalfOpenModule {}

describe('A route that demands a second factor', () => {
  let test: TestApp;
  let make: Make;
  let grants: Grants;

  beforeAll(async () => {
    test = await startTestApp({ imports: [BankModule] });
    make = new Make(test);
    grants = new Grants(test);
  });
  afterAll(() => test.close());

  /** Somebody of level one, who has a factor or not, and somebody of level two, who hold the same. */
  const three = async (...permissions: Parameters<Grants['give']>[1][]) => {
    const [without, unshown, shown] = [
      await make.signedIn(),
      await make.signedIn(),
      await signedInWithCode(test),
    ];
    await withAuthenticator(test, unshown.user.id);
    for (const { user } of [without, unshown, shown]) {
      if (permissions.length > 0) await grants.give(userHolder(user), ...permissions);
    }
    return { without: without.client, unshown: unshown.client, shown: shown.client };
  };
  const calls = (method: 'GET' | 'POST', url: string) => (client: Client) =>
    client.send({ method, url });
  const expectLevelTwo = async (
    call: (client: Client) => ReturnType<Client['get']>,
    { without, unshown, shown }: Record<'without' | 'unshown' | 'shown', Client>,
  ) => {
    expectProblem(await call(without), 403, ENROL);
    expectProblem(await call(unshown), 403, SHOW);
    expect((await call(shown)).status).toBeLessThan(300);
  };

  it('opens to who has shown one, and tells others what to do', async () => {
    const all = await three();
    for (const url of ['/v1/safes', '/v1/vaults']) {
      expectProblem(await make.client.get(url), 401, 'not_authenticated');
      await expectLevelTwo(calls('GET', url), all);
    }
  });

  it('may want it shown not long ago', async () => {
    const { client, user } = await signedInWithCode(test);
    const turn = calls('POST', '/v1/safes/turn');
    expect((await turn(client)).status).toBe(201);
    expectProblem(await turn((await make.signedIn()).client), 403, ENROL);
    await behindItsBack(
      test,
      `UPDATE sessions SET two_factor_at = two_factor_at - interval '301 s' WHERE user_id = $1`,
      [user.id],
    );
    expectProblem(await turn(client), 403, 'reauthentication_required');
    expect((await client.get('/v1/safes')).status).toBe(200);
  });

  it('asks it of nobody who may not do it anyway', async () => {
    const all = Object.values(await three());
    for (const client of all) {
      expectProblem(await client.post('/v1/safes'), 403, 'permission_denied');
      expectProblem(await client.get(`/v1/safes/${SAFE}`), 404, 'not_found');
    }
    await expectLevelTwo(calls('POST', '/v1/safes'), await three(Safe.add));
    await expectLevelTwo(calls('GET', `/v1/safes/${SAFE}`), await three(Safe.view));
  });

  it('opens to superusers no sooner', async () => {
    const { client } = await make.signedIn({ isSuperuser: true });
    for (const url of ['/v1/safes', `/v1/safes/${SAFE}`]) {
      expectProblem(await client.get(url), 403, ENROL);
    }
    const shown = await signedInWithCode(test, { isSuperuser: true });
    expect((await shown.client.get(`/v1/safes/${SAFE}`)).status).toBe(200);
  });

  it('opens to no API key, which cannot show one, unless it says so', async () => {
    const { user } = await signedInWithCode(test, { isSuperuser: true });
    const { client } = await makeKey(test, user.id);
    expectProblem(await client.get('/v1/safes'), 403, 'api_key_not_allowed');
    for (const call of [calls('POST', '/v1/safes'), calls('GET', `/v1/safes/${SAFE}`)]) {
      expectProblem(await call(client), 403, SHOW);
    }
    expect((await client.post('/v1/safes/locks')).status).toBe(201);
    const scoped = await makeKey(test, user.id, { scopes: [{ permission: Safe.view }] });
    expectProblem(await scoped.client.post('/v1/safes'), 403, 'insufficient_scope');
    expectProblem(await scoped.client.post('/v1/safes/locks'), 403, 'insufficient_scope');
  });

  it('demands it of messages as well', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const options = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    server.close();
    test.app.connectMicroservice({ transport: Transport.TCP, options });
    await test.app.startAllMicroservices();
    const service = ClientProxyFactory.create({ transport: Transport.TCP, options });
    const say = (token: string) =>
      firstValueFrom(service.send<unknown>('vault', { authorization: `Bearer ${token}` })).catch(
        (error: unknown) => ({ error }),
      );
    const [her, him] = [await make.signedIn(), await make.signedIn()];
    await behindItsBack(test, 'UPDATE sessions SET two_factor_at = now() WHERE user_id = $1', [
      him.user.id,
    ]);
    expect(await say(her.token)).toMatchObject({ error: { status: 403, code: ENROL } });
    expect(await say(him.token)).toEqual({ said: true });
    await service.close();
  });
});

describe('A route that is public and demands a second factor', () => {
  it('stops the start', async () => {
    await expect(startTestApp({ imports: [HalfOpenModule] })).rejects.toThrow(
      /public and demand a second factor[^]*HalfOpenController\.open \(GET \/v1\/half\/open\)/,
    );
  });
});
