import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { ownDatabase } from '../lib/database.mjs';
import { median } from '../lib/figures.mjs';
import { pinned, stop } from '../lib/load.mjs';
import { rounds } from '../lib/size.mjs';

const PORT = 4130;
const PAIRS = 200 * rounds(5);
const ABOUT =
  'How often somebody who only looks at the time of an answer guesses right which of two accounts it is about: 0.5 is chance (AUC, with the interval in which 95 of 100 such runs lie by chance). A server that gives itself away is asked too: the control.';
const PASSWORD = 'a violet rides the tram';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const to = (kind) => (i) => `${kind}${i}@example.com`;
const login = (email) => ({ path: 'login', body: { email, password: 'another violet walks' } });
const register = (email) => ({ path: 'register', body: { email, password: PASSWORD } });
const forgot = (email) => ({ path: 'password/forgot', body: { email } });
const code = (email) => ({ path: 'email/verify', body: { email, code: '00000000' } });
const resend = (email) => ({ path: 'email/verification', body: { email } });

/** What is asked of an account of one kind and, just before or after, of one of the other. */
const questions = {
  'sign-in: unknown, wrong password': [login, to('unknown'), to('known')],
  'sign-in: inactive, wrong password': [login, to('inactive'), to('known')],
  'sign-in: unproved, wrong password': [login, to('unproved'), to('known')],
  'sign-in: no password, wrong password': [login, to('passwordless'), to('known')],
  'register: free, taken': [register, to('free'), to('known')],
  'verification: unknown, awaited': [resend, to('unknown'), to('unproved')],
  'forgot: unknown, known': [forgot, to('unknown'), to('known')],
  'forgot: inactive, known': [forgot, to('inactive'), to('known')],
  'forgot: no password, known': [forgot, to('passwordless'), to('known')],
  'code: unknown, awaited': [code, to('unknown'), to('unproved')],
};

/**
 * Can the time of an answer tell whether there is such an account? Two questions in turn, in an order that chance
 * decides, a thousand times; how often a classifier that looks at the time alone is right (its AUC). The bar is
 * between 0.45 and 0.55. A server that hashes nothing for unknown accounts must be found out, or the run is void.
 */
export async function enumeration() {
  const rows = await askServer('as it is', questions);
  const [name, question] = Object.entries(questions)[0];
  const [control] = await askServer('control', { [`CONTROL ${name}`]: question });
  if (Math.abs(control.value - 0.5) < 0.2) throw new Error('The control was not found out');
  const judged = rows.map((row) => ({ ...row, bar: { atLeast: 0.45, atMost: 0.55 } }));
  return { about: ABOUT, pairs: PAIRS, rows: [...judged, control] };
}

async function askServer(control, asked) {
  const database = await ownDatabase();
  const [program, ...args] = pinned(0, [process.execPath]);
  const child = fork('bench/servers/enumeration.mjs', [control, `${PAIRS}`], {
    execPath: program,
    execArgv: args,
    env: {
      ...process.env,
      PORT: `${PORT}`,
      DATABASE_URL: database.url,
      DATA_DIR: database.dataDir,
      SECRET_KEYS: randomBytes(32).toString('base64'),
      PASSWORD_HASHER: 'argon2id', // the faster hash hides less
      BREACH_CHECK: 'off',
      LOGIN_FAILURES_PER_ACCOUNT: '89',
      LOGIN_FAILURES_PER_ADDRESS: '1000000',
      REQUESTS_PER_ADDRESS: '1000000',
    },
    stdio: ['ignore', openSync(join(database.dataDir, 'server.log'), 'a'), 'inherit', 'ipc'],
  });
  try {
    await once(child, 'message');
    const rows = [];
    for (const [name, question] of Object.entries(asked)) {
      rows.push({ name, ...(await compare(question)) });
    }
    return rows;
  } finally {
    await stop(child);
    await database.close();
  }
}

async function compare([ask, one, other]) {
  const times = [[], []];
  for (let i = -50; i < PAIRS; i++) {
    const pair = [one, other].map((email) => ask(email(Math.abs(i))));
    const first = Math.random() < 0.5 ? 0 : 1;
    for (const which of [first, 1 - first]) {
      const took = await timed(pair[which]);
      if (i >= 0) times[which].push(took); // the others warm up
    }
  }
  const [a, b] = times.map((list) => median(list));
  const auc = areaUnderCurve(...times);
  // Of chance alone (Mann and Whitney); 95 of 100 lie within.
  const margin = 1.96 * Math.sqrt((2 * PAIRS + 1) / (12 * PAIRS * PAIRS));
  return {
    ms: `${a.toFixed(2)} / ${b.toFixed(2)}`,
    value: round(auc),
    unit: 'AUC',
    spread: [auc - margin, auc + margin].map(round),
  };
}

function timed({ path, body }) {
  const payload = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const url = `http://127.0.0.1:${PORT}/v1/auth/${path}`;
    const headers = { 'content-type': 'application/json', 'content-length': payload.length };
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      if (![202, 400, 401].includes(answer.statusCode))
        reject(new Error(`${path}: ${answer.statusCode}`));
      answer.resume().on('end', () => resolve(performance.now() - begun));
    });
    sent.on('error', reject).end(payload);
  });
}

/** The chance that one of the first took longer than one of the second; equal ones count half. */
function areaUnderCurve(first, second) {
  const all = [...first.map((ms) => [ms, 1]), ...second.map((ms) => [ms, 0])].sort(
    (x, y) => x[0] - y[0],
  );
  const ranks = all.reduce((sum, [, mine], i) => sum + mine * (i + 1), 0);
  return (ranks - (first.length * (first.length + 1)) / 2) / (first.length * second.length);
}

const round = (value) => Math.round(value * 1000) / 1000;
