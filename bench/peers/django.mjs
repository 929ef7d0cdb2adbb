import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'pg-connection-string';
import { createDatabase } from '../lib/database.mjs';
import { stop } from '../lib/load.mjs';
import { subjectsOf } from '../lib/peer.mjs';

/** Debian's: its packages are made for it. */
const PYTHON = '/usr/bin/python3';
const FOLDER = join('bench', 'peers', 'django');
const NEEDED = {
  django: 'python3-django',
  rest_framework: 'python3-djangorestframework',
  rest_framework_simplejwt: 'python3-djangorestframework-simplejwt',
  guardian: 'python3-django-guardian',
  psycopg2: 'python3-psycopg2',
  gunicorn: 'gunicorn',
  pylibmc: 'python3-pylibmc',
};

/**
 * Django with rest framework, simplejwt and guardian, under gunicorn with two workers, as Debian has them; see
 * `django/project/settings.py`. The workers are not pinned: they may use both cores, of which the load takes part of one.
 * Sessions are kept in the database and in memcached. Where a package is absent there are no subjects, and it is said.
 */
export async function startDjango({ port, database, me, product }) {
  const absent = absentPackages();
  if (absent.length > 0) {
    const missing = [{ name: 'Django', why: `apt-get install ${absent.join(' ')}` }];
    console.log(`Not measured: Django (${missing[0].why})`);
    return { subjects: [], objects: [], missing, stop: () => undefined };
  }
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-django-'));
  const env = {
    ...process.env,
    ...(await connection(database.url, `peer_${port}`)),
    MEMCACHED: join(dir, 'memcached.sock'),
    ME: JSON.stringify(me),
    PRODUCT: JSON.stringify(product ?? null),
    DJANGO_SETTINGS_MODULE: 'project.settings',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const log = join(dir, 'django.log');
  const output = openSync(log, 'a');
  const run = (command, args) =>
    spawn(command, args, { cwd: FOLDER, env, stdio: ['ignore', output, output] });
  const children = [];
  const end = async () => {
    for (const child of children) if (child.exitCode === null) await stop(child);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    children.push(run('memcached', ['-s', env.MEMCACHED, '-U', '0', ...asRoot()]));
    const python = (...args) =>
      execFileSync(PYTHON, args, { cwd: FOLDER, env, encoding: 'utf8', maxBuffer: 1 << 24 });
    python('-m', 'django', 'migrate', '--verbosity', '0');
    const { ways, objects } = JSON.parse(python('seed.py'));
    children.push(run(PYTHON, gunicorn(port)));
    await answering(`http://127.0.0.1:${port}/health/live`);
    return {
      subjects: subjectsOf(ways, port),
      objects: subjectsOf(objects, port),
      missing: [],
      stop: end,
    };
  } catch (error) {
    console.error(readFileSync(log, 'utf8'));
    await end();
    throw error;
  }
}

/**
 * Threads, since a worker without them ends each connection with its answer, and no proxy stands in front of it here
 * that would bear with that (docs.gunicorn.org: "Design", "Choosing a Worker Type"). Two workers of four threads are more
 * at once than the (2 × cores) + 1 of that page: while one waits for the database another goes on.
 */
const gunicorn = (port) => [
  ...['-m', 'gunicorn', 'project.wsgi', '--bind', `127.0.0.1:${port}`],
  ...['--workers', '2', '--worker-class', 'gthread', '--threads', '4'],
];

/** It does not care to be root unless it is told to. */
const asRoot = () => (process.getuid() === 0 ? ['-u', 'root'] : []);

function absentPackages() {
  const found = spawnSync(PYTHON, [
    '-c',
    `from importlib.util import find_spec\nfor name in ${JSON.stringify(Object.keys(NEEDED))}: print(name if find_spec(name) is None else '')`,
  ]);
  if (found.status !== 0) return ['python3', ...Object.values(NEEDED), 'memcached'];
  const absent = found.stdout.toString().split('\n').filter(Boolean);
  const memcached = spawnSync('memcached', ['-V']).status === 0 ? [] : ['memcached'];
  return [...absent.map((name) => NEEDED[name]), ...memcached];
}

async function connection(url, name) {
  const { host, port, user, password, database } = parse(await createDatabase(url, name));
  return { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password, PGDATABASE: database };
}

async function answering(url) {
  for (let i = 0; i < 300; i++) {
    const { ok } = await fetch(url).catch(() => ({ ok: false }));
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Django did not answer at ${url}`);
}
