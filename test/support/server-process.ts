import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileSources } from './compiled-sources.js';

type Environment = Readonly<Record<string, string>>;

/** The program that is started, and its words. */
export type Command = readonly [string, readonly string[]];

const NODE: Command = [process.execPath, ['src/main.js']];

let workshop: string | undefined;

function compile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-program-'));
  compileSources(folder);
  chmodSync(folder, 0o755); // a test may start it as nobody
  return folder;
}

/** Call it after the last server. */
export function removeProgram(): void {
  if (workshop !== undefined) rmSync(workshop, { recursive: true, force: true });
}

/** The real program in a process of its own. */
export class ServerProcess {
  output = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  /** @param folder with the program compiled in `src/`; else that of these sources. */
  constructor(
    environment: Environment,
    folder = (workshop ??= compile()),
    [program, words] = NODE,
  ) {
    this.#child = spawn(program, words, {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: '0', BREACH_CHECK: 'off', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until it serves; its address. */
  async address(): Promise<string> {
    for (let i = 0; i < 600; i++) {
      const found = /API +(http:\S+)\/v1/.exec(this.output)?.[1];
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null) break;
      await sleep(100);
    }
    throw new Error(`The server did not start:\n${this.output}`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit code; null: it was killed. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** The process of the embedded database, as PostgreSQL itself notes it. */
export const postmasterOf = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

export async function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Asks again and again until the answer has this status. */
export async function eventually(status: number, ask: () => Promise<Response>): Promise<Response> {
  for (let i = 0; i < 200; i++) {
    const answer = await ask().catch(() => undefined);
    if (answer?.status === status) return answer;
    await sleep(100);
  }
  throw new Error(`Never answered ${String(status)}`);
}
