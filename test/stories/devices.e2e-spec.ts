import { v7 as uuidv7 } from 'uuid';
import type { SessionPageDto } from '../../src/account/me/my-sessions.dto.js';
import { Browser } from '../support/browser.js';
import { type Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const URL = '/v1/users/me/sessions';

describe('The devices of a user', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const list = async (client: Client, query = '') =>
    (await client.get<SessionPageDto>(`${URL}${query}`)).body;
  const again = async ({ email, password }: { email: string; password: string }) =>
    make.client.as((await make.client.login(email, password)).body.accessToken);

  it('are listed newest first, with what tells them apart and without their secrets', async () => {
    const phone = await make.signedIn();
    const laptop = new Browser(test);
    await laptop.signIn(phone, { transport: 'cookie', deviceName: 'Ann’s laptop' });
    const { items, nextCursor } = await list(phone.client);
    expect(nextCursor).toBeNull();
    expect(items).toEqual([
      {
        id: expect.any(String) as string,
        createdAt: expect.any(String) as string,
        lastSeenAt: expect.any(String) as string,
        expiresAt: expect.any(String) as string,
        ip: '127.0.0.1',
        userAgent: 'lightMyRequest',
        deviceName: 'Ann’s laptop',
        transport: 'cookie',
        current: false,
      },
      expect.objectContaining({ transport: 'token', deviceName: null, current: true }),
    ]);
    const seen = await laptop.get<SessionPageDto>(URL);
    expect(seen.body.items.map(({ current }) => current)).toEqual([true, false]);
  });

  it('show when they were used last', async () => {
    const { client } = await make.signedIn();
    test.clock.forward(120);
    await client.me();
    const [device] = (await list(client)).items;
    const between = Date.parse(device?.lastSeenAt ?? '') - Date.parse(device?.createdAt ?? '');
    expect(between).toBeGreaterThanOrEqual(119_000);
  });

  it('come page by page, each once', async () => {
    const made = await make.signedIn();
    for (let i = 0; i < 4; i++) await again(made);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const page = await list(made.client, query);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
  });

  it.each([
    ['limit=0', 'limit out_of_range'],
    ['limit=201', 'limit out_of_range'],
    ['limit=-1', 'limit out_of_range'],
    ['limit=1.5', 'limit out_of_range'],
    ['limit=1&limit=2', 'limit out_of_range'],
    ['limit=', 'limit out_of_range'],
    ['cursor=x', 'cursor invalid_cursor'],
    ['cursor=', 'cursor invalid_cursor'],
    ["cursor=';DROP TABLE sessions;--", 'cursor invalid_cursor'],
    ['userId=1', 'userId unknown_field'],
  ])('are not listed for ?%s', async (query, complaint) => {
    const { client } = await make.signedIn();
    const answer = await client.get<{ errors: { field: string; code: string }[] }>(
      `${URL}?${encodeURI(query)}`,
    );
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.body.errors.map(({ field, code }) => `${field} ${code}`)).toEqual([complaint]);
  });

  it('can be ended one by one, at once', async () => {
    const here = await make.signedIn();
    const there = await again(here);
    const [, other] = (await list(there)).items;
    expect(await there.send({ method: 'DELETE', url: `${URL}/${other?.id}` })).toMatchObject({
      status: 204,
      text: '',
    });
    expectProblem(await here.client.me(), 401, 'invalid_token');
    expect((await list(there)).items).toHaveLength(1);
  });

  it('can be ended but for the one that asks', async () => {
    const here = await make.signedIn();
    const others = [await again(here), await again(here)];
    const bystander = await make.signedIn();
    expect(await here.client.send({ method: 'DELETE', url: URL })).toMatchObject({ status: 204 });
    for (const other of others) expectProblem(await other.me(), 401, 'invalid_token');
    expect(await here.client.me()).toMatchObject({ status: 200 });
    expect(await bystander.client.me()).toMatchObject({ status: 200 });
  });

  it('may be the one that asks', async () => {
    const { client } = await make.signedIn();
    const [here] = (await list(client)).items;
    expect(await client.send({ method: 'DELETE', url: `${URL}/${here?.id}` })).toMatchObject({
      status: 204,
    });
    expectProblem(await client.me(), 401, 'invalid_token');
  });

  it('of others are nowhere to be found', async () => {
    const [ann, eve] = [await make.signedIn(), await make.signedIn()];
    const [hers] = (await list(ann.client)).items;
    for (const id of [hers?.id, uuidv7(), '1', 'x'.repeat(100), '%00', '01939f5c']) {
      const answer = await eve.client.send({ method: 'DELETE', url: `${URL}/${id}` });
      expectProblem(answer, 404, 'not_found');
    }
    expect(await ann.client.me()).toMatchObject({ status: 200 });
    expect((await list(eve.client)).items).toHaveLength(1);
  });
});
