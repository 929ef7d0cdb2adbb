import { RouteTable } from '../../src/auth/route-table.js';
import { Client } from '../support/client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** What is held off by something else than `@Limit()`. */
const COUNTED_OTHERWISE: Readonly<Record<string, string>> = {
  'POST /v1/auth/login': 'the budget of the account and of the address (guessing)',
  'POST /v1/auth/refresh': 'made-up tokens are counted, genuine ones are not (route-limits)',
};
/** What may be called without end: one read by primary key, and whoever shares an address must get out. */
const ENDLESS = ['POST /v1/auth/logout', 'DELETE /v1/auth/refresh'];
/** `@Limit(…, { times: 10 })` is the most that there is. */
const CALLS = 11;

/** The tests of other things are patient; here one call of each is all there may be. */
describe('Whatever anybody may call to change something', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({ environment: { REQUESTS_PER_ADDRESS: '1' } });
    await test.database.query('DELETE FROM rate_counters');
  });
  afterAll(async () => {
    await test.database.query('DELETE FROM rate_counters');
    await test.close();
  });

  const open = () =>
    test.app
      .get(RouteTable, { strict: false })
      .routes()
      .filter(({ method, rule }) => method !== 'GET' && rule?.kind === 'public')
      .map(({ method, path }) => ({ method, path, name: `${method} ${path}` }));

  it('has a limit: one more call is refused before its body is looked at', async () => {
    const endless: string[] = [];
    for (const { method, path, name } of open()) {
      const statuses: number[] = [];
      for (let i = 0; i < CALLS; i++) {
        const answer = await new Client(test).send({
          method: method,
          url: path,
          headers: { 'content-type': 'application/json' },
          payload: '{}',
        });
        statuses.push(answer.status);
      }
      if (statuses.at(-1) !== 429) endless.push(name);
    }
    expect(endless.sort()).toEqual([...ENDLESS, ...Object.keys(COUNTED_OTHERWISE)].sort());
  });

  it('is named in its documentation where it can be refused', async () => {
    const { body } = await new Client(test).get<{
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    }>('/docs/openapi.json');
    const unsaid = open()
      .filter(({ name }) => !ENDLESS.includes(name))
      .filter(({ method, path }) => {
        const responses =
          body.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.responses ?? {};
        return !('429' in responses);
      });
    expect(unsaid).toEqual([]);
  });
});
