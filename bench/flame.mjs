// node bench/flame.mjs public|cookie|token > flame.svg: where the time of a request goes, after `npm run build`.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownDatabase } from './lib/database.mjs';
import { flameGraph } from './lib/flame.mjs';
import { measure } from './lib/load.mjs';
import { forkServer, toldBy } from './lib/server.mjs';

const [kind = 'cookie'] = process.argv.slice(2);
const PORT = 4170;
const SECONDS = 8;

const database = await ownDatabase();
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-flame-'));
const server = forkServer('bench/servers/signed-in.mjs', {
  port: PORT,
  database,
  env: { ACCESS_TOKEN_TTL: '3600' },
  flags: [
    '--cpu-prof',
    `--cpu-prof-dir=${folder}`,
    '--cpu-prof-name=profile.json',
    '--cpu-prof-interval=200',
  ],
});
const { cookie, authorization } = await toldBy(server);
const { path, headers } = {
  public: { path: '/v1/constant', headers: {} },
  cookie: { path: '/v1/users/me', headers: { cookie } },
  token: { path: '/v1/users/me', headers: { authorization } },
}[kind];
const perSecond = measure(`http://127.0.0.1:${PORT}${path}`, { seconds: SECONDS, headers });
server.kill('SIGTERM');
await once(server, 'exit');
const profile = JSON.parse(readFileSync(join(folder, 'profile.json'), 'utf8'));
const title = `GET ${path}${kind === 'public' ? '' : `, by ${kind}`}: ${Math.round(perSecond)} a second while it was profiled`;
process.stdout.write(flameGraph(profile, { title, seconds: SECONDS - 1 }));
rmSync(folder, { recursive: true, force: true });
await database.close();
