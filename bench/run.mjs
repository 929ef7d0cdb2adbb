// npm run bench [-- scenario …] [-- --publish]: every figure is a ratio measured in one run; see bench/README.md.
import { loadavg } from 'node:os';
import { isShort } from './lib/size.mjs';
import { machine } from './report/machine.mjs';
import { settle, show } from './report/rows.mjs';
import { keepResults, publish } from './report/store.mjs';
import { apiKeys } from './scenarios/api-keys.mjs';
import { enumeration } from './scenarios/enumeration.mjs';
import { floodOfSignIns } from './scenarios/flood.mjs';
import { halfLoad } from './scenarios/half-load.mjs';
import { limiterMemory } from './scenarios/limiter-memory.mjs';
import { manySessions } from './scenarios/many-sessions.mjs';
import { memoryLong } from './scenarios/memory-long.mjs';
import { memory } from './scenarios/memory.mjs';
import { objectRead } from './scenarios/object-read.mjs';
import { peers } from './scenarios/peers.mjs';
import { permissions } from './scenarios/permissions.mjs';
import { publicRoute } from './scenarios/public-route.mjs';
import { refresh } from './scenarios/refresh.mjs';
import { register } from './scenarios/register.mjs';
import { revocation } from './scenarios/revocation.mjs';
import { signIn } from './scenarios/sign-in.mjs';
import { signedIn } from './scenarios/signed-in.mjs';
import { startAndMemory } from './scenarios/start.mjs';
import { twoWorkers } from './scenarios/two-workers.mjs';

const scenarios = {
  'public-route': publicRoute,
  'signed-in': signedIn,
  'api-keys': apiKeys,
  'object-read': objectRead,
  peers,
  'half-load': halfLoad,
  'two-workers': twoWorkers,
  'sign-in': signIn,
  register,
  refresh,
  'many-sessions': manySessions,
  revocation,
  enumeration,
  permissions,
  memory,
  'memory-long': memoryLong,
  'limiter-memory': limiterMemory,
  flood: floodOfSignIns,
  start: startAndMemory,
};
const order = Object.keys(scenarios);
const words = process.argv.slice(2);
const publishing = words.includes('--publish');
const wanted = words.filter((word) => word !== '--publish');
const unknown = wanted.filter((name) => !(name in scenarios));
if (unknown.length > 0) {
  console.error(`No such scenario: ${unknown.join(', ')}. There are: ${order.join(', ')}`);
  process.exit(2);
}
if (publishing && isShort) {
  console.error('A run that was made shorter (BENCH_…) is not published.');
  process.exit(2);
}

const results = [];
const broken = [];
for (const scenario of wanted.length > 0 ? wanted : order) {
  console.log(`\n${scenario}`);
  const at = new Date().toISOString();
  const loadBefore = Math.round(loadavg()[0] * 10) / 10;
  try {
    const result = settle(await scenarios[scenario]());
    show(result.rows);
    results.push({ scenario, at, loadBefore, machine: machine(), ...result });
    keepResults(results.slice(-1), order); // a long run that is ended keeps what it has
  } catch (error) {
    console.error(error);
    broken.push(scenario);
  }
}
console.log('\nWritten to bench/results/: latest.json and a plot (SVG) each');
if (publishing) {
  await publish(results, order);
  console.log('Published: docs/performance.md');
}

const judged = results.flatMap(({ scenario, rows }) =>
  rows
    .filter(({ bar }) => bar !== undefined)
    .map((row) => ({ ...row, name: `${scenario}: ${row.name}` })),
);
console.log('\nAll bars');
show(judged);
const missed = judged.filter(({ met }) => !met);
if (missed.length > 0) console.log(`Missed: ${missed.map(({ name }) => name).join('; ')}`);
if (broken.length > 0) console.log(`Could not be measured: ${broken.join(', ')}`);
process.exitCode = missed.length + broken.length > 0 ? 1 : 0;
