import { Module } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { LoginRequired } from '../../src/access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../src/access/principal.js';
import { makeKey, type MadeKey } from '../support/api-keys.js';
import { LogBook } from '../support/audit.js';
import { Client } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { TestSocket, withSockets } from '../support/sockets.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

@LoginRequired({ apiKeys: true })
@WebSocketGateway({ path: '/v1/live' })
class LiveGateway {
  @SubscribeMessage('me')
  me(@CurrentPrincipal() { user }: Principal): object {
    return { event: 'me', data: { id: user.id } };
  }
}

@Module({ providers: [LiveGateway] })
class LiveModule {}

const RANGES = ['198.51.100.0/24', '192.0.2.9/32', '2001:db8:7::/48'];

describe('An API key that is good for calls from certain addresses', () => {
  let test: TestApp;
  let made: MadeKey;

  beforeAll(async () => {
    test = await startTestApp({
      environment: { TRUST_PROXY: '1' },
      imports: [LiveModule],
      prepare: withSockets,
    });
    made = await bound(RANGES);
  });
  afterAll(() => test.close());

  const bound = async (allowedIps: readonly string[]) =>
    makeKey(test, (await new Make(test).user()).user.id, { allowedIps });
  const callFrom = (ip: string, { key }: MadeKey = made) =>
    new Client(test)
      .withKey(key)
      .send({ method: 'GET', url: '/v1/users/me', headers: { 'x-forwarded-for': ip } });

  it.each([
    '198.51.100.0',
    '198.51.100.255',
    '::ffff:198.51.100.7',
    '::FFFF:198.51.100.7',
    '::ffff:c633:6407',
    '192.0.2.9',
    '2001:db8:7::1',
    '2001:0DB8:0007:ffff::1',
    '203.0.113.1, 198.51.100.7',
  ])('opens to %s', async (ip) => {
    expect((await callFrom(ip)).status).toBe(200);
  });

  it.each([
    '198.51.101.0',
    '198.51.99.255',
    '192.0.2.8',
    '192.0.2.10',
    '::ffff:198.51.101.1',
    '::ffff:c633:6501',
    '2001:db8:8::1',
    '2001:db8:6:ffff::1',
    '::1',
    '198.51.100.7, 203.0.113.1',
    '198.51.100.7:8080',
    'garbage',
    '',
  ])('does not open to %s', async (ip) => {
    expectProblem(await callFrom(ip), 403, 'address_not_allowed');
  });

  it('is judged anew for each request, warm or not', async () => {
    const key = await bound(['198.51.100.0/24']);
    for (let i = 0; i < 3; i++) {
      expectProblem(await callFrom('203.0.113.1', key), 403, 'address_not_allowed');
      expect((await callFrom('198.51.100.1', key)).status).toBe(200);
    }
    const widen = `UPDATE api_keys SET allowed_ips = '{203.0.113.0/24}' WHERE id = $1`;
    await behindItsBack(test, widen, [key.id]);
    expect((await callFrom('203.0.113.1', key)).status).toBe(200);
    expectProblem(await callFrom('198.51.100.1', key), 403, 'address_not_allowed');
  });

  it('tells nobody who lacks its secret where it may be used', async () => {
    const key = await bound(['198.51.100.0/24']);
    await behindItsBack(test, 'UPDATE api_keys SET revoked_at = now() WHERE id = $1', [key.id]);
    expectProblem(await callFrom('203.0.113.1', key), 401, 'invalid_token');
  });

  it('says to its owner from where else it was tried, once for each address in a minute', async () => {
    const key = await bound(['198.51.100.0/24']);
    for (let i = 0; i < 40; i++) await callFrom('203.0.113.1', key);
    await callFrom('2001:db8::9', key);
    await callFrom('198.51.100.1', key);
    const told = (await (await LogBook.of(test)).about(key.row.userId)).filter(
      ({ action }) => action === 'api_key_refused',
    );
    expect(told.map(({ ip }) => ip).sort()).toEqual(['2001:db8::9', '203.0.113.1']);
    expect(told[0]).toMatchObject({
      outcome: 'failure',
      actorId: null,
      details: { apiKeyId: key.id },
    });
  });

  it('opens no socket, whose messages come from nowhere', async () => {
    await test.app.listen(0, '127.0.0.1');
    const free = await makeKey(test, made.row.userId);
    const local = await bound(['127.0.0.1/32', '0.0.0.0/0', '::/0']);
    const [allowed, refused] = [
      await TestSocket.open(test.app.getHttpServer(), { 'x-api-key': free.key }),
      await TestSocket.open(test.app.getHttpServer(), { 'x-api-key': local.key }),
    ];
    expect(await allowed.ask('me')).toMatchObject({ data: { id: made.row.userId } });
    expect(await refused.ask('me')).toMatchObject({
      event: 'exception',
      data: { status: 403, code: 'address_not_allowed' },
    });
    allowed.close();
    refused.close();
  });
});

describe('An API key that is good for calls from one address', () => {
  it('believes no header where no proxy is known', async () => {
    const alone = await startTestApp();
    const { key } = await makeKey(alone, (await new Make(alone).user()).user.id, {
      allowedIps: ['198.51.100.7/32'],
    });
    const call = (remoteAddress: string, forwarded: string) =>
      new Client(alone).withKey(key).send({
        method: 'GET',
        url: '/v1/users/me',
        remoteAddress,
        headers: { 'x-forwarded-for': forwarded, forwarded: `for=${forwarded}` },
      });
    expect((await call('198.51.100.7', '203.0.113.1')).status).toBe(200);
    expectProblem(await call('203.0.113.1', '198.51.100.7'), 403, 'address_not_allowed');
    await alone.close();
  });
});
