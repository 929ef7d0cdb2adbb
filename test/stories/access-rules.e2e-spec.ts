import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import {
  LoginRequired,
  Public,
  RequireObjectPermission,
  RequirePermission,
} from '../../src/access/access.decorators.js';
import { definePermissions } from '../../src/access/permission-name.js';
import { CurrentPrincipal, type Principal } from '../../src/access/principal.js';
import { RightsService } from '../../src/permissions/holding/rights.service.js';
import { LiveSessionsService } from '../../src/sessions/live-sessions.service.js';
import { UsersService } from '../../src/users/users.service.js';
import type { Client } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const Tram = definePermissions('depot', 'tram');
const TRAM = '01a20fe4-eb58-7318-94ed-398494d89eb1';

@LoginRequired()
@Controller('v1/trams')
class TramsController {
  @Get()
  list(@CurrentPrincipal() { user }: Principal): { seenBy: string } {
    return { seenBy: user.id };
  }

  @Public()
  @Get('timetable')
  timetable(): { open: true } {
    return { open: true };
  }

  @LoginRequired({ recent: true })
  @Post('bell')
  ring(): { rang: true } {
    return { rang: true };
  }

  @RequirePermission(Tram.add)
  @Post()
  add(): { added: true } {
    return { added: true };
  }

  @RequirePermission(Tram.change, { recent: true })
  @Post('brakes')
  brake(): { stopped: true } {
    return { stopped: true };
  }

  @RequireObjectPermission(Tram.change, { recent: true })
  @Post(':id/brakes')
  brakeOne(@Param('id') id: string): { stopped: string } {
    return { stopped: id };
  }

  @RequireObjectPermission(Tram.view)
  @Get(':id')
  one(@Param('id') id: string): { id: string } {
    return { id };
  }
}

@Public()
@Controller('v1/stops')
class StopsController {
  @LoginRequired()
  @Get('mine')
  mine(): { mine: true } {
    return { mine: true };
  }

  @Get()
  all(): { open: true } {
    return { open: true };
  }
}

@Module({ controllers: [TramsController, StopsController] })
class DepotModule {}

@Controller('v1/forgotten')
class ForgottenController {
  @Public()
  @Get('remembered')
  remembered(): void {
    // nothing: only its rule matters
  }

  @Get('door')
  door(): void {
    // nothing: only its rule matters
  }

  @Post(['window', 'roof/:id'])
  window(): void {
    // nothing: only its rule matters
  }
}

@Controller('v1/hasty')
class HastyController {
  @LoginRequired({ recent: true, apiKeys: true })
  @Get('door')
  door(): void {
    // nothing: only its rule matters
  }

  @RequirePermission(Tram.view, { recent: 'strongest', apiKeys: false })
  @Get('window')
  window(): void {
    // nothing: only its rule matters
  }
}

@Module({ controllers: [HastyController] })
class HastyModule {}

@Module({ controllers: [ForgottenController] })
class ForgetfulModule {}

describe('A route of a team of its own', () => {
  let test: TestApp;
  let make: Make;
  let stranger: Client;
  let user: Client;
  let superuser: Client;

  beforeAll(async () => {
    test = await startTestApp({ imports: [DepotModule] });
    make = new Make(test);
    stranger = make.client;
    user = (await make.signedIn({ isStaff: true })).client;
    superuser = (await make.signedIn({ isSuperuser: true })).client;
  });
  afterAll(() => test.close());

  it('obeys the rule of its class', async () => {
    expectProblem(await stranger.get('/v1/trams'), 401, 'not_authenticated');
    const ann = await make.signedIn();
    expect(await ann.client.get('/v1/trams')).toMatchObject({ body: { seenBy: ann.user.id } });
    expect(await stranger.get('/v1/stops')).toMatchObject({ body: { open: true } });
  });

  it('obeys its own rule rather than that of its class', async () => {
    expect(await stranger.get('/v1/trams/timetable')).toMatchObject({ body: { open: true } });
    expectProblem(await stranger.get('/v1/stops/mine'), 401, 'not_authenticated');
    expect(await user.get('/v1/stops/mine')).toMatchObject({ body: { mine: true } });
  });

  it('demands a permission, which staff do not have by being staff', async () => {
    expectProblem(await stranger.post('/v1/trams'), 401, 'not_authenticated');
    expectProblem(await user.post('/v1/trams'), 403, 'permission_denied');
    expect(await superuser.post('/v1/trams')).toMatchObject({ status: 201, body: { added: true } });
  });

  it('hides an object from who may not see it', async () => {
    expectProblem(await stranger.get(`/v1/trams/${TRAM}`), 401, 'not_authenticated');
    expectProblem(await user.get(`/v1/trams/${TRAM}`), 404, 'not_found');
    expect(await superuser.get(`/v1/trams/${TRAM}`)).toMatchObject({
      status: 200,
      body: { id: TRAM },
    });
  });

  it('is refused before its input is looked at', async () => {
    const headers = { 'content-type': 'application/json' };
    const send = (client: Client) =>
      client.send({ method: 'POST', url: '/v1/trams', headers, payload: '{"any":1}' });
    expectProblem(await send(stranger), 401, 'not_authenticated');
    expectProblem(await send(user), 403, 'permission_denied');
  });

  it('denies what is permitted no longer at the very next request', async () => {
    const { client, user: row } = await make.signedIn({ isSuperuser: true });
    expect(await client.post('/v1/trams')).toMatchObject({ status: 201 });
    await behindItsBack(test, 'UPDATE users SET is_superuser = false WHERE id = $1', [row.id]);
    expectProblem(await client.post('/v1/trams'), 403, 'permission_denied');
  });

  it('may demand a fresh proof', async () => {
    expectProblem(await stranger.post('/v1/trams/bell'), 401, 'not_authenticated');
    const { client, user: row } = await make.signedIn();
    expect(await client.post('/v1/trams/bell')).toMatchObject({ status: 201 });
    const makeOlder = (seconds: number) =>
      behindItsBack(
        test,
        `UPDATE sessions SET authenticated_at = authenticated_at - make_interval(secs => $2) WHERE user_id = $1`,
        [row.id, seconds],
      );
    await makeOlder(290);
    expect(await client.post('/v1/trams/bell')).toMatchObject({ status: 201 });
    await makeOlder(11);
    expectProblem(await client.post('/v1/trams/bell'), 403, 'reauthentication_required');
    expect(await client.get('/v1/trams')).toMatchObject({ status: 200 });
  });

  it.each([
    { url: '/v1/trams/brakes', status: 403, code: 'permission_denied' },
    { url: `/v1/trams/${TRAM}/brakes`, status: 404, code: 'not_found' },
  ])(
    'may demand a fresh proof of a permission, and only of its holder ($url)',
    async ({ url, status, code }) => {
      const [holder, another] = [await make.signedIn(), await make.signedIn()];
      const somebody = await make.signedIn();
      const rights = test.app.get(RightsService, { strict: false });
      await test.database.transaction(async (manager) => {
        for (const { user } of [holder, another]) {
          await rights.give(manager, { type: 'user', id: user.id }, Tram.change);
        }
      });
      expectProblem(await stranger.post(url), 401, 'not_authenticated');
      expectProblem(await somebody.client.post(url), status, code);
      expect(await holder.client.post(url)).toMatchObject({ status: 201 });
      await behindItsBack(
        test,
        `UPDATE sessions SET authenticated_at = authenticated_at - interval '301 s' WHERE user_id = ANY ($1)`,
        [[holder, another, somebody].map((each) => each.user.id)],
      );
      expectProblem(await somebody.client.post(url), status, code);
      for (const { client } of [holder, another]) {
        expectProblem(await client.post(url), 403, 'reauthentication_required');
      }
    },
  );

  it('stays shut when the door itself fails', async () => {
    const sessions = test.app.get(LiveSessionsService, { strict: false });
    const remembered = jest.spyOn(sessions, 'peek').mockReturnValue(undefined);
    const asked = jest.spyOn(sessions, 'find').mockRejectedValue(new Error('broken lock'));
    for (const url of ['/v1/trams', '/v1/trams/timetable', `/v1/trams/${TRAM}`, '/v1/users/me']) {
      const answer = await superuser.get(url);
      expectProblem(answer, 500, 'internal_error');
      expect(answer.text).not.toContain('broken');
    }
    asked.mockRestore();
    remembered.mockRestore();
    expect(await superuser.get('/v1/trams')).toMatchObject({ status: 200 });
  });
});

describe('A door whose lock breaks without an error', () => {
  it.each(['broken', 0, null, undefined, { code: 'ECONNREFUSED' }])(
    'stays shut (%p)',
    async (thrown) => {
      const test = await startTestApp();
      const { client, email, password } = await new Make(test).signedIn();
      const spies = [
        jest.spyOn(test.app.get(LiveSessionsService, { strict: false }), 'find'),
        jest.spyOn(test.app.get(UsersService, { strict: false }), 'findByEmail'),
      ];
      for (const spy of spies) spy.mockRejectedValue(thrown);
      for (const url of ['/v1/users/me', '/health/live']) {
        expect((await client.get(url)).status).toBeGreaterThanOrEqual(401);
      }
      const answer = await new Make(test).client.login(email, password);
      expect([401, 500]).toContain(answer.status);
      expect(answer.text).not.toContain('accessToken');
      for (const spy of spies) spy.mockRestore();
      await test.close();
    },
  );
});

describe('A route that wants a recent proof and API keys, which have none', () => {
  it('stops the start, by name', async () => {
    const start = startTestApp({ imports: [HastyModule] });
    await expect(start).rejects.toThrow(
      /recent proof and admit API keys[^]*HastyController\.door \(GET \/v1\/hasty\/door\)/,
    );
    await expect(start).rejects.not.toThrow(/window/);
  });
});

describe('A route that nobody gave a rule', () => {
  it('stops the start, by name', async () => {
    const start = startTestApp({ imports: [ForgetfulModule] });
    await expect(start).rejects.toThrow(/ForgottenController\.door \(GET \/v1\/forgotten\/door\)/);
    await expect(start).rejects.toThrow(
      /ForgottenController\.window \(POST \/v1\/forgotten\/roof\/:id\)/,
    );
    await expect(start).rejects.not.toThrow(/remembered/);
  });
});
