import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const has = (program: string, word: string): boolean =>
  spawnSync(program, [word], { stdio: 'ignore' }).status === 0;
const isThere = { haproxy: has('haproxy', '-v'), nginx: has('nginx', '-v') };

describe('The files of docs/fleet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-fleet-'));
  const certificate = join(folder, 'auth.example.com.pem');

  beforeAll(() => {
    const key = join(folder, 'auth.example.com.key');
    const words = 'req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=auth.example.com';
    spawnSync('openssl', [...words.split(' '), '-keyout', key, '-out', certificate]);
    const pair = readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8');
    writeFileSync(certificate, pair);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** The file with the certificates of this test; what the program says of it. */
  const check = (name: string, command: (file: string) => readonly [string, ...string[]]) => {
    const text = readFileSync(resolve(__dirname, '../../docs/fleet', name), 'utf8');
    const file = join(folder, name);
    writeFileSync(file, text.replace(/\/etc\/(haproxy|nginx)\//g, `${folder}/`));
    const [program, ...words] = command(file);
    const { status, stderr, stdout } = spawnSync(program, words, { encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };

  (isThere.haproxy ? it : it.skip)('HAProxy takes haproxy.cfg without a warning', () => {
    const { status, said } = check('haproxy.cfg', (file) => ['haproxy', '-c', '-f', file]);
    expect(said).not.toMatch(/ALERT|WARNING/);
    expect(status).toBe(0);
  });

  (isThere.nginx ? it : it.skip)('nginx takes nginx.conf', () => {
    const { status, said } = check('nginx.conf', (file) => [
      'nginx',
      '-t',
      '-c',
      file,
      '-g',
      `pid ${folder}/pid; error_log stderr;`,
    ]);
    expect(said).not.toMatch(/\[(emerg|warn)\]/);
    expect(status).toBe(0);
  });
});
