import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../process/support.js';
import { removeProgram } from '../support/server-process.js';
import { ask } from './ask.js';
import { describeFleet, Fleet, itInFull } from './fleet.js';
import { underLoad } from './under-load.js';

jest.setTimeout(240_000);

/** Seconds: the shortest that there is. */
const LIFE = 30;
const SCRAPER = 'a-token-of-the-scraper-0123456789abcdef';

/** Shows a node another time than it is: so many milliseconds ahead as the file says. */
const SKEW = `
const { readFileSync } = require('node:fs');
const Real = Date;
let ahead = 0;
const look = () => { try { ahead = Number(readFileSync(process.env.SKEW, 'utf8')); } catch {} };
look();
setInterval(look, 20).unref();
globalThis.Date = class Date extends Real {
  constructor(...given) { if (given.length === 0) super(Real.now() + ahead); else super(...given); }
  static now() { return Real.now() + ahead; }
};
`;

describeFleet('While the clock of a node is wrong', () => {
  const fleet = new Fleet({
    environment: { ACCESS_TOKEN_TTL: String(LIFE), METRICS_TOKEN: SCRAPER },
  });
  const file = join(fleet.folder, 'skew');
  const ahead = async (millis: number) => {
    writeFileSync(file, String(millis));
    await sleep(100);
  };

  beforeAll(async () => {
    await fleet.start();
    const program = join(fleet.folder, 'skew.cjs');
    writeFileSync(program, SKEW);
    await ahead(0);
    await fleet.nodes[1]?.kill();
    await fleet.launch(1, { SKEW: file, NODE_OPTIONS: `--require ${program}` });
  });
  afterEach(() => ahead(0));
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const pair = async (node: number) => {
    const { id } = await fleet.cast.member();
    const body = { refreshToken: await fleet.cast.refreshToken(id) };
    const answer = await ask('POST', `${fleet.url(node)}/v1/auth/refresh`, { body });
    return `Bearer ${String(answer.body['accessToken'])}`;
  };
  const me = async (node: number, authorization: string) =>
    (await ask('GET', `${fleet.url(node)}/v1/users/me`, { headers: { authorization } })).status;

  const skewOf = async (node: number) => {
    const headers = { authorization: `Bearer ${SCRAPER}` };
    const text = await (await fetch(`${fleet.url(node)}/metrics`, { headers })).text();
    return Number(/^gatehouse_clock_skew_seconds (\S+)$/m.exec(text)?.[1]);
  };

  /** A node looks at the clock of the database with each heartbeat. */
  const shows = async (node: number, seconds: number) => {
    for (let i = 0; i < 50; i++) {
      if (Math.abs((await skewOf(node)) - seconds) < 1) return;
      await sleep(100);
    }
    throw new Error(`Not ${String(seconds)} s off, but ${String(await skewOf(node))}`);
  };

  itInFull('T02 that is set back an hour: what it knew does not live longer for it', async () => {
    const token = await pair(0);
    expect(await me(1, token)).toBe(200);
    await ahead(-3_600_000);
    await sleep((LIFE + 3) * 1000);
    expect(await me(1, token)).toBe(401);
    expect(await me(0, token)).toBe(401);
  });

  it('T02 that is set back an hour: a session is over when it is over, by the clock of the database', async () => {
    const { id, cookie } = await fleet.cast.member();
    const seen = () => ask('GET', `${fleet.url(1)}/v1/users/me`, { headers: { cookie } });
    await ahead(-3_600_000);
    await fleet.query(
      `UPDATE sessions SET expires_at = now() + interval '4 seconds' WHERE user_id = '${id}'`,
    );
    expect((await seen()).status).toBe(200);
    await sleep(5000);
    expect((await seen()).status).toBe(401);
  });

  it('T01 that is ten minutes slow: a token is refused there rather than believed for longer', async () => {
    await ahead(-600_000);
    const token = await pair(0);
    expect(await me(0, token)).toBe(200);
    expect(await me(1, token)).toBe(401);
  });

  it('T01 that is ten minutes fast: its tokens are refused elsewhere, and those of others there', async () => {
    await ahead(600_000);
    expect(await me(0, await pair(1))).toBe(401);
    expect(await me(1, await pair(0))).toBe(401);
  });

  it.each([
    ['fast', 600_000, 'ahead of'],
    ['slow', -600_000, 'behind'],
  ])('T01 that is ten minutes %s: it says so, and it alone', async (_, millis, words) => {
    await shows(1, 0);
    await ahead(millis);
    await shows(1, millis / 1000);
    await shows(0, 0);
    // Of this story: the output also has what earlier ones were about.
    const warning = new RegExp(`(599|600)\\.\\d s ${words} that of the database`);
    await eventually(() => warning.test(fleet.nodes[1]?.output ?? ''));
    expect(fleet.nodes[0]?.output).not.toMatch(warning);
  });

  itInFull('T02 that jumps to and fro, a second each way: nobody notices', () =>
    underLoad(fleet, {
      id: 'T02',
      fault: async () => {
        for (let i = 0; i < 10; i++) await ahead(i % 2 === 0 ? -1000 : 1000);
        await ahead(0);
      },
      mend: () => Promise.resolve(),
    }),
  );
});
