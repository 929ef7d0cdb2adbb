import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const TOKEN = 'a-token-of-the-scraper-0123456789abcdef';

describe('Metrics', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { METRICS_TOKEN: TOKEN } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const scrape = async (authorization?: string) => {
    const { statusCode, body, headers } = await test.app.inject({
      url: '/metrics',
      headers: authorization === undefined ? {} : { authorization },
    });
    return { status: statusCode, body, type: headers['content-type'] };
  };
  /** The value of a line, or 0. */
  const valueOf = async (line: string): Promise<number> => {
    const { body } = await scrape(`Bearer ${TOKEN}`);
    const found = body.split('\n').find((text) => text.startsWith(`${line} `));
    return Number(found?.split(' ').at(-1) ?? 0);
  };

  it('are there for who shows the token', async () => {
    const { status, type, body } = await scrape(`Bearer ${TOKEN}`);
    expect(status).toBe(200);
    expect(type).toContain('text/plain');
    expect(body).toContain('# TYPE gatehouse_http_request_duration_seconds histogram');
  });

  it.each([
    ['no token', undefined],
    ['another token', `Bearer ${TOKEN.replace('a', 'b')}`],
    ['the beginning of it', `Bearer ${TOKEN.slice(0, -1)}`],
    ['more than it', `Bearer ${TOKEN}0`],
    ['another scheme', `Basic ${TOKEN}`],
    ['nothing but spaces', ' '],
  ])('are not there for %s', async (_, authorization) => {
    const nothing = await test.app.inject({ url: '/nothing-is-here' });
    const answer = await scrape(authorization);
    expect(answer.status).toBe(404);
    const common = (text: string) => text.replace(/"(instance|requestId)":"[^"]*"/g, '');
    expect(common(answer.body)).toBe(common(nothing.body));
  });

  it('count a request by its route as it is declared, never by its address', async () => {
    const line =
      'gatehouse_http_request_duration_seconds_count{method="DELETE",route="/v1/users/me/sessions/:id",status="401"}';
    const before = await valueOf(line);
    await make.client.send({ method: 'DELETE', url: '/v1/users/me/sessions/ann%40example.com' });
    expect(await valueOf(line)).toBe(before + 1);
    expect((await scrape(`Bearer ${TOKEN}`)).body).not.toContain('example.com');
  });

  it('count sign-ins by their outcome', async () => {
    const { email, password } = await make.user();
    const counted = () =>
      Promise.all(
        ['success', 'failure'].map((outcome) =>
          valueOf(`gatehouse_sign_ins_total{outcome="${outcome}"}`),
        ),
      );
    const [successes = 0, failures = 0] = await counted();
    await make.client.login(email, password);
    await make.client.login(email, 'not the right one');
    expect(await counted()).toEqual([successes + 1, failures + 1]);
  });

  it('tell what was in memory from what had to be read', async () => {
    const { client } = await make.signedIn();
    const counted = () =>
      Promise.all(
        ['found', 'missed'].map((outcome) =>
          valueOf(`gatehouse_remembered_lookups_total{facts="sessions",outcome="${outcome}"}`),
        ),
      );
    await client.get('/v1/users/me');
    const [found = 0, missed = 0] = await counted();
    await client.get('/v1/users/me');
    expect(await counted()).toEqual([found + 1, missed]);
  });

  it('hear the announcements of others, and time their channel', async () => {
    const before = await valueOf('gatehouse_news_heard_total');
    await test.database.query(`SELECT pg_notify('gatehouse', 'nothing')`);
    for (let i = 0; i < 100 && (await valueOf('gatehouse_news_heard_total')) === before; i++) {
      await sleep(20);
    }
    expect(await valueOf('gatehouse_news_heard_total')).toBeGreaterThan(before);
    expect(await valueOf('gatehouse_news_up')).toBe(1);
    expect(await valueOf('gatehouse_news_delay_seconds')).toBeGreaterThan(0);
  });

  describe.each(['docs/monitoring/dashboard.json', 'docs/monitoring/alerts.yaml'])('%s', (file) => {
    const wanted = [
      ...new Set(readFileSync(file, 'utf8').match(/\b(gatehouse|nodejs|process)_\w+/g)),
    ];

    it.each(wanted)('asks for what there is: %s', async (name) => {
      await make.client.login('nobody@example.com', 'not the right one');
      const { body } = await scrape(`Bearer ${TOKEN}`);
      expect(body).toMatch(new RegExp(`^${name}[{ ]`, 'm'));
    });
  });
});

describe('Without a token that is set', () => {
  it('there are no metrics', async () => {
    const test = await startTestApp();
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await test.app.inject({ url: '/metrics', headers })).statusCode).toBe(404);
    await test.close();
  });
});
