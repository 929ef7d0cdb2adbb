import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Controller, Module } from '@nestjs/common';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { v7 as uuidv7 } from 'uuid';
import {
  LoginRequired,
  Public,
  RequireObjectPermission,
  RequirePermission,
} from '../../src/access/access.decorators.js';
import { CurrentPrincipal, MaybePrincipal, type Principal } from '../../src/access/principal.js';
import { LineOfText } from '../../src/common/fields.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { makeKey } from '../support/api-keys.js';
import { behindItsBack } from '../support/heard.js';
import { holdingOf } from '../support/holding.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

class WordDto {
  @LineOfText({ description: 'A word.', example: 'tram', max: 10 })
  word!: string;
}

@LoginRequired()
@Controller()
class BooksController {
  @MessagePattern('me')
  me(@CurrentPrincipal() { user }: Principal, @Payload() payload: unknown): object {
    return { id: user.id, payload };
  }

  @LoginRequired({ apiKeys: true })
  @MessagePattern('listen')
  listen(@CurrentPrincipal() { user }: Principal, @Payload() payload: unknown): object {
    return { id: user.id, payload };
  }

  @Public()
  @MessagePattern('open')
  open(@MaybePrincipal() principal: Principal | undefined): object {
    return { seenBy: principal?.user.id ?? null };
  }

  @RequirePermission(userPermissions.add)
  @MessagePattern({ books: 'add' })
  add(): string {
    return 'added';
  }

  @RequireObjectPermission(userPermissions.view, { param: 'userId' })
  @MessagePattern('view')
  view(@Payload('userId') userId: string): object {
    return { userId };
  }

  @MessagePattern('say')
  say(@Payload() { word }: WordDto): object {
    return { word };
  }

  @MessagePattern('fall')
  fall(): never {
    throw new Error('over the secret step');
  }
}

@Module({ controllers: [BooksController] })
class BooksModule {}

@Controller()
class ForgottenController {
  @MessagePattern({ books: 'door' })
  door(): void {
    // nothing: only its rule matters
  }
}

@Module({ controllers: [ForgottenController] })
class ForgetfulModule {}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe.each([{ inheritAppConfig: true }, {}])(
  'A message of another service, with %j',
  (hybrid) => {
    let test: TestApp;
    let make: Make;
    let service: ClientProxy;

    beforeAll(async () => {
      test = await startTestApp({ imports: [BooksModule] });
      const options = { host: '127.0.0.1', port: await freePort() };
      test.app.connectMicroservice({ transport: Transport.TCP, options }, hybrid);
      await test.app.startAllMicroservices();
      service = ClientProxyFactory.create({ transport: Transport.TCP, options });
      make = new Make(test);
    });
    afterAll(async () => {
      await service.close();
      await test.close();
    });

    const ask = (pattern: unknown, message: object | string = {}): Promise<unknown> =>
      firstValueFrom(service.send<unknown>(pattern, message)).catch((error: unknown) => ({
        error,
      }));
    const someone = async () => {
      const made = await make.signedIn();
      const authorization = `Bearer ${made.token}`;
      return {
        ...made,
        ask: (pattern: unknown, message = {}) => ask(pattern, { ...message, authorization }),
      };
    };
    const refused = (status: number, code: string) => ({
      error: expect.objectContaining({
        status,
        code,
        requestId: expect.any(String) as unknown,
      }) as unknown,
    });

    it('is of whom it says and proves, and the proof goes no further', async () => {
      const ann = await someone();
      expect(await ann.ask('me', { page: 1 })).toEqual({ id: ann.user.id, payload: { page: 1 } });
      expect(await ann.ask('open')).toEqual({ seenBy: ann.user.id });
    });

    it('may show an API key, which goes no further either, and opens what keys open', async () => {
      const { user } = await make.user({ isSuperuser: true });
      const { user: bob } = await make.user();
      const { key: apiKey } = await makeKey(test, user.id);
      expect(await ask('open', { apiKey })).toEqual({ seenBy: user.id });
      expect(await ask('listen', { apiKey, page: 1 })).toEqual({
        id: user.id,
        payload: { page: 1 },
      });
      expect(await ask('me', { apiKey })).toEqual(refused(403, 'api_key_not_allowed'));
      expect(await ask({ books: 'add' }, { apiKey })).toBe('added');
      const scopes = [{ permission: userPermissions.view, objectId: bob.id }];
      const { key: narrow } = await makeKey(test, user.id, { scopes });
      const view = (userId: string) => ask('view', { apiKey: narrow, userId });
      expect(await view(bob.id)).toEqual({ userId: bob.id });
      expect(await view(user.id)).toEqual(refused(404, 'not_found'));
      expect(await ask({ books: 'add' }, { apiKey: narrow })).toEqual(
        refused(403, 'insufficient_scope'),
      );
    });

    it('shows one credential, and a good one', async () => {
      const { user, token } = await make.signedIn();
      const { key } = await makeKey(test, user.id);
      const both = { authorization: `Bearer ${token}`, apiKey: key };
      expect(await ask('open', both)).toEqual(refused(400, 'ambiguous_credentials'));
      for (const apiKey of ['', 'x', `${key}x`, token, 7, null, [key], { key }]) {
        expect(await ask('open', { apiKey })).toEqual(refused(401, 'invalid_token'));
      }
      const bound = await makeKey(test, user.id, { allowedIps: ['127.0.0.1/32'] });
      expect(await ask('listen', { apiKey: bound.key })).toEqual(
        refused(403, 'address_not_allowed'),
      );
    });

    it('is refused without a good credential', async () => {
      expect(await ask('me')).toEqual(refused(401, 'not_authenticated'));
      expect(await ask('me', 'hello')).toEqual(refused(401, 'not_authenticated'));
      expect(await ask('open')).toEqual({ seenBy: null });
      for (const authorization of [
        '',
        'Bearer',
        'Bearer x',
        'Basic x',
        7,
        null,
        ['Bearer x'],
        {},
      ]) {
        expect(await ask('me', { authorization })).toEqual(refused(401, 'invalid_token'));
        expect(await ask('open', { authorization })).toEqual(refused(401, 'invalid_token'));
      }
    });

    it('claims nothing about itself', async () => {
      const { user } = await make.user({ isSuperuser: true });
      const principal = { user, via: 'session', methods: [] };
      expect(await ask('me', { principal })).toEqual(refused(401, 'not_authenticated'));
      expect(await ask('open', { principal })).toEqual({ seenBy: null });
      const cookie = 'session=x';
      expect(await ask('me', { cookie, headers: { cookie } })).toEqual(
        refused(401, 'not_authenticated'),
      );
    });

    it('is judged anew each time', async () => {
      const ann = await someone();
      expect(await ann.ask('me')).toMatchObject({ id: ann.user.id });
      await ann.client.post('/v1/auth/logout');
      expect(await ann.ask('me')).toEqual(refused(401, 'invalid_token'));
    });

    it('may demand a permission, on the object that it names, too', async () => {
      const [ann, { user: bob }] = [await someone(), await make.user()];
      const holding = holdingOf(test);
      expect(await ann.ask({ books: 'add' })).toEqual(refused(403, 'permission_denied'));
      await holding.give(ann.user.id, userPermissions.add);
      expect(await ann.ask({ books: 'add' })).toBe('added');
      expect(await ann.ask('view', { userId: bob.id })).toEqual(refused(404, 'not_found'));
      await holding.grant(ann.user.id, userPermissions.view, bob.id);
      expect(await ann.ask('view', { userId: bob.id })).toEqual({ userId: bob.id });
      for (const userId of [uuidv7(), 'x', 7, null, undefined, [bob.id]]) {
        expect(await ann.ask('view', { userId })).toEqual(refused(404, 'not_found'));
      }
      await behindItsBack(test, 'DELETE FROM object_permissions WHERE user_id = $1', [ann.user.id]);
      expect(await ann.ask('view', { userId: bob.id })).toEqual(refused(404, 'not_found'));
    });

    it('is checked by its DTO', async () => {
      const ann = await someone();
      expect(await ann.ask('say', { word: 7 })).toEqual(refused(400, 'validation_failed'));
      expect(await ann.ask('say', { word: 'tram' })).toEqual({ word: 'tram' });
    });

    it('that fails for a fault of ours says nothing of it', async () => {
      const answer = await (await someone()).ask('fall');
      expect(answer).toEqual(refused(500, 'internal_error'));
      expect(JSON.stringify(answer)).not.toContain('secret');
      expect(test.logged.join('')).toContain('request failed');
    });
  },
);

describe('A message handler without a rule', () => {
  it('stops the start', async () => {
    const starting = startTestApp({ imports: [ForgetfulModule] });
    await expect(starting).rejects.toThrow('ForgottenController.door (rpc [{"books":"door"}])');
  });
});
