// npm run bench [scenario …]: every figure is a ratio measured in one run; see bench/README.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { execFileSync } from 'node:child_process';
import { apiKeys } from './scenarios/api-keys.mjs';
import { enumeration } from './scenarios/enumeration.mjs';
import { floodOfSignIns } from './scenarios/flood.mjs';
import { limiterMemory } from './scenarios/limiter-memory.mjs';
import { manySessions } from './scenarios/many-sessions.mjs';
import { memory } from './scenarios/memory.mjs';
import { objectRead } from './scenarios/object-read.mjs';
import { permissions } from './scenarios/permissions.mjs';
import { publicRoute } from './scenarios/public-route.mjs';
import { revocation } from './scenarios/revocation.mjs';
import { signedIn } from './scenarios/signed-in.mjs';
import { startAndMemory } from './scenarios/start.mjs';

const scenarios = {
  'public-route': publicRoute,
  'signed-in': signedIn,
  'api-keys': apiKeys,
  'object-read': objectRead,
  'many-sessions': manySessions,
  revocation,
  enumeration,
  permissions,
  memory,
  'limiter-memory': limiterMemory,
  flood: floodOfSignIns,
  start: startAndMemory,
};
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in scenarios));
if (unknown.length > 0) {
  console.error(`No such scenario: ${unknown.join(', ')}. There are: ${Object.keys(scenarios)}`);
  process.exit(2);
}

const git = (...args) => {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

const report = {
  at: new Date().toISOString(),
  commit: git('rev-parse', '--short', 'HEAD'),
  node: process.version,
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  results: [],
};
for (const name of wanted.length > 0 ? wanted : Object.keys(scenarios)) {
  console.log(`\n${name}`);
  report.results.push({ scenario: name, ...(await scenarios[name]()) });
}
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/latest.json', `${JSON.stringify(report, null, 2)}\n`);
console.log('\nWritten to bench/results/latest.json');
