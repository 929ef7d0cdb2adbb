import {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  Patch,
  type PipeTransform,
  Post,
} from '@nestjs/common';
import { LoginRequired } from '../../src/access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../src/access/principal.js';
import { type SessionData, SessionDataService } from '../../src/sessions/session-data.service.js';
import { SessionsModule } from '../../src/sessions/sessions.module.js';
import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const BASKET = '/v1/basket';

@Injectable()
class AnyJson implements PipeTransform<unknown, SessionData> {
  transform(value: unknown): SessionData {
    return Object(value) as SessionData;
  }
}

@LoginRequired()
@Controller('v1/basket')
class BasketController {
  constructor(private readonly data: SessionDataService) {}

  @Get()
  read(@CurrentPrincipal() { sessionId = '' }: Principal): Promise<SessionData> {
    return this.data.read(sessionId);
  }

  @Patch()
  change(
    @CurrentPrincipal() { sessionId = '' }: Principal,
    @Body(AnyJson) changes: unknown,
  ): Promise<SessionData> {
    return this.data.merge(sessionId, changes as SessionData);
  }

  @Post('nul')
  nul(@CurrentPrincipal() { sessionId = '' }: Principal): Promise<SessionData> {
    return this.data.merge(sessionId, { read: 'from\u0000elsewhere' });
  }
}

@Module({ imports: [SessionsModule], controllers: [BasketController] })
class BasketModule {}

describe('The basket that a team keeps beside a session', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ imports: [BasketModule] });
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('is there for its session alone, and ends with it', async () => {
    const { client, email, password } = await make.signedIn();
    const other = client.as((await make.client.login(email, password)).body.accessToken);
    expect(await client.patch(BASKET, { tram: 7 })).toMatchObject({ status: 200 });
    expect((await client.get(BASKET)).body).toEqual({ tram: 7 });
    expect((await other.get(BASKET)).body).toEqual({});
    await client.post('/v1/auth/logout');
    expectProblem(await client.get(BASKET), 401, 'invalid_token');
  });

  it('T35 keeps what two tabs put in at once, and what is nested is replaced as a whole', async () => {
    const { client } = await make.signedIn();
    const tabs = Array.from({ length: 20 }, (_, i) => client.patch(BASKET, { [`line${i}`]: i }));
    for (const { status } of await Promise.all(tabs)) expect(status).toBe(200);
    expect(Object.keys((await client.get(BASKET)).body as object)).toHaveLength(20);
    await client.patch(BASKET, { line0: { a: 1, b: null } });
    await client.patch(BASKET, { line0: { b: [2] }, line1: null });
    const { body } = await client.get<Record<string, unknown>>(BASKET);
    expect(body).toMatchObject({ line0: { b: [2] }, line2: 2 });
    expect(body).not.toHaveProperty('line1');
    expect(body['line0']).not.toHaveProperty('a');
  });

  it('survives a fresh proof of who it is, which changes the cookie', async () => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    const call = { method: 'PATCH', url: BASKET, body: { tram: 7 } } as const;
    await browser.send({ ...call, headers: browser.csrf });
    await browser.post('/v1/auth/reauthenticate', { password: made.password });
    expect((await browser.get(BASKET)).body).toEqual({ tram: 7 });
  });

  it('T21 is not handed on to whoever signs in next at the same browser', async () => {
    const [ann, bob] = [await make.user(), await make.user()];
    const browser = new Browser(test);
    await browser.signIn(ann);
    const call = { method: 'PATCH', url: BASKET, body: { tram: 7 } } as const;
    await browser.send({ ...call, headers: browser.csrf });
    await browser.signIn(bob);
    expect((await browser.get(BASKET)).body).toEqual({});
  });

  describe('holds 16 KiB', () => {
    /** What PostgreSQL writes around the text: `{"text": ""}`. */
    const AROUND = 12;
    const fits = 16_384 - AROUND;

    it.each([
      ['letters', 'x'.repeat(fits)],
      ['letters of three bytes', '€'.repeat(Math.floor(fits / 3))],
    ])('of %s to the last byte', async (_, text) => {
      const { client } = await make.signedIn();
      expect((await client.patch(BASKET, { text })).status).toBe(200);
      expect((await client.get(BASKET)).body).toEqual({ text });
    });

    it.each([
      ['a letter more', { text: 'x'.repeat(fits + 1) }],
      ['as many letters of two bytes', { text: 'é'.repeat(fits) }],
      ['a name as long', { ['n'.repeat(20_000)]: 1 }],
    ])('and not %s: it says so and keeps what it had', async (_, changes) => {
      const { client } = await make.signedIn();
      await client.patch(BASKET, { tram: 7 });
      expectProblem(await client.patch(BASKET, changes), 413, 'session_data_too_large');
      expect((await client.get(BASKET)).body).toEqual({ tram: 7 });
    });

    it('however many tabs fill it at once', async () => {
      const { client } = await make.signedIn();
      const tabs = Array.from({ length: 8 }, (_, i) =>
        client.patch(BASKET, { [`part${i}`]: 'x'.repeat(5000) }),
      );
      const statuses = (await Promise.all(tabs)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(3);
      expect(statuses.filter((status) => status === 413)).toHaveLength(5);
      expect(Object.keys((await client.get(BASKET)).body as object)).toHaveLength(3);
    });
  });

  it.each([
    ['text with a NUL', { text: 'a\u0000b' }, 400],
    ['a name with a NUL to take away', { 'a\u0000b': null }, 400],
    ['half a surrogate pair', { text: 'a\ud800b' }, 400],
    ['half a surrogate pair as a name to take away', { 'a\ud800b': null }, 400],
    ['names that JavaScript knows', { toString: 1, hasOwnProperty: 2, length: 3 }, 200],
  ])('never breaks over %s', async (_, changes, status) => {
    const { client } = await make.signedIn();
    expect((await client.patch(BASKET, changes)).status).toBe(status);
    expect((await client.get(BASKET)).status).toBe(200);
  });

  it('never breaks over a NUL that the team itself puts in', async () => {
    const { client } = await make.signedIn();
    expect((await client.post(`${BASKET}/nul`)).status).toBeLessThan(500);
  });

  it('of no session at all is none', async () => {
    const data = test.app.get(SessionDataService, { strict: false });
    const id = '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69';
    await expect(data.read(id)).rejects.toMatchObject({ spec: { code: 'session_expired' } });
    await expect(data.merge(id, { a: 1 })).rejects.toMatchObject({
      spec: { code: 'session_expired' },
    });
  });
});
