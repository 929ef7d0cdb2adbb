import { once } from 'node:events';
import { Module } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { v7 as uuidv7 } from 'uuid';
import {
  LoginRequired,
  Public,
  RequireObjectPermission,
  RequirePermission,
} from '../../src/access/access.decorators.js';
import { CurrentPrincipal, MaybePrincipal, type Principal } from '../../src/access/principal.js';
import { closeApp } from '../../src/app.js';
import { LineOfText } from '../../src/common/fields.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { makeKey } from '../support/api-keys.js';
import { Browser } from '../support/browser.js';
import { behindItsBack, heard } from '../support/heard.js';
import { holdingOf, type HoldingOf } from '../support/holding.js';
import { Make } from '../support/make.js';
import { type Said, TestSocket, withSockets } from '../support/sockets.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

class WordDto {
  @LineOfText({ description: 'A word.', example: 'tram', max: 10 })
  word!: string;
}

@LoginRequired()
@WebSocketGateway({ path: '/v1/live' })
class LiveGateway {
  @SubscribeMessage('me')
  me(@CurrentPrincipal() { user }: Principal): object {
    return { event: 'me', data: { id: user.id } };
  }

  @Public()
  @SubscribeMessage('open')
  open(@MaybePrincipal() principal: Principal | undefined): object {
    return { event: 'open', data: { seenBy: principal?.user.id ?? null } };
  }

  @LoginRequired({ recent: true })
  @SubscribeMessage('bell')
  bell(): object {
    return { event: 'rang' };
  }

  @RequirePermission(userPermissions.add)
  @SubscribeMessage('add')
  add(): object {
    return { event: 'added' };
  }

  @RequireObjectPermission(userPermissions.view, { param: 'userId' })
  @SubscribeMessage('view')
  view(@MessageBody('userId') userId: string): object {
    return { event: 'seen', data: { userId } };
  }

  @SubscribeMessage('say')
  say(@MessageBody() { word }: WordDto): object {
    return { event: 'said', data: { word } };
  }

  @SubscribeMessage('fall')
  fall(): never {
    throw new Error('over the secret step');
  }
}

@Module({ providers: [LiveGateway] })
class LiveModule {}

@WebSocketGateway({ path: '/v1/live' })
class ForgottenGateway {
  @SubscribeMessage('door')
  door(): void {
    // nothing: only its rule matters
  }
}

@Module({ providers: [ForgottenGateway] })
class ForgetfulModule {}

const OURS = 'http://localhost:3000';

describe('A message on a socket', () => {
  let test: TestApp;
  let make: Make;
  let holding: HoldingOf;
  const sockets: TestSocket[] = [];

  beforeAll(async () => {
    test = await startTestApp({ imports: [LiveModule], prepare: withSockets });
    await test.app.listen(0, '127.0.0.1');
    make = new Make(test);
    holding = holdingOf(test);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });
  afterAll(() => test.close());

  const opened = async (headers: Readonly<Record<string, string>> = {}) => {
    const socket = await TestSocket.open(test.app.getHttpServer(), headers);
    sockets.push(socket);
    return socket;
  };
  const byToken = async (given = {}) => {
    const made = await make.signedIn(given);
    return { ...made, socket: await opened({ authorization: `Bearer ${made.token}` }) };
  };
  const byCookie = async (more: Readonly<Record<string, string>>) => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    const cookie = `session=${browser.cookie('session') ?? ''}`;
    return { ...made, browser, socket: await opened({ cookie, ...more }) };
  };
  const expectRefusal = (said: Said<unknown>, status: number, code: string) => {
    expect(said).toMatchObject({ event: 'exception', data: { status, code } });
    expect(said.data.requestId).toMatch(/./);
    expect(JSON.stringify(said)).not.toContain('secret');
  };

  it('is of whoever opened the socket', async () => {
    const { socket, user } = await byToken();
    expect(await socket.ask('me')).toMatchObject({ event: 'me', data: { id: user.id } });
    expect(await socket.ask('open')).toMatchObject({ data: { seenBy: user.id } });
  });

  it('of nobody, or with a bad credential, is refused, and the socket stays open', async () => {
    const socket = await opened();
    expectRefusal(await socket.ask('me'), 401, 'not_authenticated');
    expect(await socket.ask('open')).toMatchObject({ data: { seenBy: null } });
    const forged = await opened({ authorization: 'Bearer ey.forged.token' });
    expectRefusal(await forged.ask('me'), 401, 'invalid_token');
    expectRefusal(await forged.ask('open'), 401, 'invalid_token');
  });

  it('is carried by the API key that opened the socket, as far as keys reach', async () => {
    const [{ user }, bob] = [await make.user({ isSuperuser: true }), await make.user()];
    const scopes = [{ permission: userPermissions.view, objectId: bob.user.id }];
    const { id, key } = await makeKey(test, user.id, { scopes });
    const socket = await opened({ 'x-api-key': key });
    expect(await socket.ask('view', { userId: bob.user.id })).toMatchObject({ event: 'seen' });
    expectRefusal(await socket.ask('view', { userId: user.id }), 404, 'not_found');
    expectRefusal(await socket.ask('me'), 403, 'api_key_not_allowed');
    await behindItsBack(test, 'UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
    expectRefusal(await socket.ask('view', { userId: bob.user.id }), 401, 'invalid_token');
  });

  it('claims nothing about itself', async () => {
    const { user } = await make.user({ isSuperuser: true });
    const socket = await opened();
    const principal = { user, via: 'session', methods: [] };
    const claims = { principal, authorization: 'Bearer x', headers: { authorization: 'x' } };
    expectRefusal(await socket.ask('me', claims), 401, 'not_authenticated');
    expect(await socket.ask('open', claims)).toMatchObject({ data: { seenBy: null } });
  });

  it('is carried by a cookie on sockets that our own page has opened, and on no others', async () => {
    const { socket, user } = await byCookie({ origin: OURS });
    expect(await socket.ask('me')).toMatchObject({ data: { id: user.id } });
    expect(await socket.ask('open')).toMatchObject({ data: { seenBy: null } });
    for (const origin of [
      'https://evil.example',
      `${OURS}.evil.example`,
      'null',
      `${OURS}/`,
      'HTTP://LOCALHOST:3000',
    ]) {
      const foreign = await byCookie({ origin });
      expectRefusal(await foreign.socket.ask('me'), 403, 'csrf_failed');
    }
    expectRefusal(await (await byCookie({})).socket.ask('me'), 403, 'csrf_failed');
  });

  it('is refused once the session is over, whichever way it ends', async () => {
    const ann = await byToken();
    expect(await ann.socket.ask('me')).toMatchObject({ event: 'me' });
    await ann.client.post('/v1/auth/logout');
    expectRefusal(await ann.socket.ask('me'), 401, 'invalid_token');
    const bob = await byCookie({ origin: OURS });
    expect(await bob.socket.ask('me')).toMatchObject({ event: 'me' });
    await behindItsBack(test, 'UPDATE users SET is_active = false WHERE id = $1', [bob.user.id]);
    expectRefusal(await bob.socket.ask('me'), 401, 'invalid_token');
  });

  it('is refused when the access token has expired', async () => {
    const { socket } = await byToken();
    expect(await socket.ask('me')).toMatchObject({ event: 'me' });
    test.clock.forward(test.settings.accessTokenTtl + 1);
    expectRefusal(await socket.ask('me'), 401, 'invalid_token');
  });

  it('may demand a permission, which is asked for anew each time', async () => {
    const { socket, user } = await byToken();
    expectRefusal(await socket.ask('add'), 403, 'permission_denied');
    await holding.give(user.id, userPermissions.add);
    expect(await socket.ask('add')).toMatchObject({ event: 'added' });
    await behindItsBack(test, 'DELETE FROM user_permissions WHERE user_id = $1', [user.id]);
    expectRefusal(await socket.ask('add'), 403, 'permission_denied');
  });

  it('may demand a permission on the object that it names', async () => {
    const [{ socket, user }, bob] = [await byToken(), await make.user()];
    const view = (userId?: unknown) => socket.ask('view', { userId });
    expectRefusal(await view(bob.user.id), 404, 'not_found');
    await holding.grant(user.id, userPermissions.view, bob.user.id);
    expect(await view(bob.user.id)).toMatchObject({ event: 'seen', data: { userId: bob.user.id } });
    for (const id of [uuidv7(), 'x', 7, null, undefined, [bob.user.id], { id: bob.user.id }]) {
      expectRefusal(await view(id), 404, 'not_found');
    }
    for (const message of [undefined, null, 'userId', 7, [{ userId: bob.user.id }]]) {
      expectRefusal(await socket.ask('view', message), 404, 'not_found');
    }
    await behindItsBack(test, 'DELETE FROM object_permissions WHERE user_id = $1', [user.id]);
    expectRefusal(await view(bob.user.id), 404, 'not_found');
  });

  it('may demand a fresh proof', async () => {
    const { socket } = await byCookie({ origin: OURS });
    expect(await socket.ask('bell')).toMatchObject({ event: 'rang' });
    test.clock.forward(test.settings.reauthenticationWindow + 1);
    expectRefusal(await socket.ask('bell'), 403, 'reauthentication_required');
    expect(await socket.ask('me')).toMatchObject({ event: 'me' });
  });

  it('is checked by its DTO, after the door', async () => {
    const wrong = { word: 7, more: true };
    expectRefusal(await (await opened()).ask('say', wrong), 401, 'not_authenticated');
    const { socket } = await byToken();
    expectRefusal(await socket.ask('say', wrong), 400, 'validation_failed');
    expect(await socket.ask('say', { word: 'tram' })).toMatchObject({ data: { word: 'tram' } });
  });

  it('that fails for a fault of ours says nothing of it, and the log does', async () => {
    const { socket } = await byToken();
    const said = await socket.ask('fall');
    expectRefusal(said, 500, 'internal_error');
    expect(test.logged.join('')).toContain(said.data.requestId);
  });

  it('is not mistaken for another that is under way on the same socket', async () => {
    const { socket, user } = await byCookie({ origin: OURS });
    const heardOf: Said<object>[] = [];
    socket.socket.on('message', (text: Buffer) => {
      heardOf.push(JSON.parse(text.toString()) as Said<object>);
    });
    for (let i = 0; i < 50; i++) {
      if (i % 10 === 0) await behindItsBack(test, 'UPDATE sessions SET methods = methods');
      socket.say('me');
      socket.say('open');
    }
    while (heardOf.length < 100) await once(socket.socket, 'message');
    await heard(test);
    const [mine, open] = ['me', 'open'].map((event) =>
      heardOf.filter((said) => said.event === event),
    );
    expect(mine?.map(({ data }) => data)).toEqual(Array(50).fill({ id: user.id }));
    expect(open?.map(({ data }) => data)).toEqual(Array(50).fill({ seenBy: null }));
  });
});

describe('A gateway', () => {
  it('with a handler that has no rule stops the start', async () => {
    const starting = startTestApp({ imports: [ForgetfulModule], prepare: withSockets });
    await expect(starting).rejects.toThrow('ForgottenGateway.door (ws door)');
  });

  it('does not hold up the end of the server', async () => {
    const test = await startTestApp({ imports: [LiveModule], prepare: withSockets });
    await test.app.listen(0, '127.0.0.1');
    const socket = await TestSocket.open(test.app.getHttpServer(), {});
    const closed = once(socket.socket, 'close');
    await closeApp(test.app, test.settings);
    await closed;
    await test.close();
  });
});
