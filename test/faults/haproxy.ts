import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

export const hasHaproxy = spawnSync('haproxy', ['-v'], { stdio: 'ignore' }).status === 0;

/** What it says itself when no node is ready: as kindly as a node would. */
const AWAY = [
  'HTTP/1.1 503 Service Unavailable',
  'content-type: application/problem+json',
  'cache-control: no-store',
  'retry-after: 2',
  'content-length: 2',
  '',
  '{}',
].join('\r\n');

function configuration(port: number, nodes: readonly number[], folder: string): string {
  const servers = nodes.map(
    (node, i) => `  server node${String(i)} 127.0.0.1:${String(node)} check`,
  );
  return `
global
  maxconn 4000
  stats socket ${join(folder, 'haproxy.sock')}
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 40s
  timeout check 3s
  timeout http-keep-alive 10s
  option forwardfor
  option redispatch 1
  retries 3
  # Whatever did not reach a node goes to the other one; what may have, only if it changes nothing.
  retry-on conn-failure empty-response
  errorfile 503 ${join(folder, '503.http')}
  default-server inter 500ms fall 2 rise 1
frontend all
  bind 127.0.0.1:${String(port)}
  http-request disable-l7-retry unless METH_GET
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /health/ready
  http-check expect status 200
${servers.join('\n')}
`;
}

/** Debian's HAProxy before the nodes. */
export class Haproxy {
  #child: ChildProcess | undefined;
  port = 0;

  constructor(private readonly folder: string) {}

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  async start(nodes: readonly number[]): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    const file = join(this.folder, 'haproxy.cfg');
    writeFileSync(join(this.folder, '503.http'), AWAY);
    writeFileSync(file, configuration(this.port, nodes, this.folder));
    const child = spawn('haproxy', ['-db', '-q', '-f', file], { stdio: 'ignore' });
    this.#child = child;
    for (let i = 0; i < 100; i++) {
      if (child.exitCode !== null) throw new Error('HAProxy did not start');
      const ready = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (ready?.status === 200) return;
      await sleep(50);
    }
    throw new Error('HAProxy finds no node');
  }

  /** Resolves when it sends requests to so many nodes. */
  async sends(count: number): Promise<void> {
    for (let i = 0; i < 1200; i++) {
      const lines = (await this.say('show stat')).split('\n');
      const up = lines.filter((line) => /^nodes,node\d/.test(line) && line.includes(',UP,'));
      if (up.length === count) return;
      await sleep(50);
    }
    throw new Error(`HAProxy does not send requests to ${String(count)} nodes`);
  }

  private say(words: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = '';
      const socket = connect(join(this.folder, 'haproxy.sock'), () => socket.write(`${words}\n`));
      socket.on('data', (part: Buffer) => (said += part.toString()));
      socket.on('error', reject);
      socket.on('end', () => {
        resolve(said);
      });
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
