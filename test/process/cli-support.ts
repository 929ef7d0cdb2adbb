import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileSources } from '../support/compiled-sources.js';
import { KEY_OF_THE_RUN } from '../support/test-app.js';

const children = new Set<ChildProcess>();
/** Where the program lies compiled, and what it is told to keep its data in. */
const workshop = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
const PROGRAM = join(workshop, 'src/cli/main.js');

export function compileCli(): void {
  compileSources(workshop);
}

/** Everything that any command has written. */
export const written: string[] = [];

/** What the command finds in its environment: this worker's database, and nothing of ours. */
const environment = (more: Environment): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  SHELL: '/bin/sh',
  TERM: 'xterm',
  DATABASE_URL: process.env['DATABASE_URL'],
  DATA_DIR: join(workshop, 'data'),
  SECRET_KEYS: KEY_OF_THE_RUN,
  BREACH_CHECK: 'off',
  ...more,
});

type Environment = Readonly<Record<string, string | undefined>>;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the real program to its end. */
export async function cli(words: string, input = '', more: Environment = {}): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...words.split(' ')], {
    cwd: workshop,
    env: environment(more),
    stdio: 'pipe',
  });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.on('error', () => undefined); // it may end without having read
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  written.push(out, err);
  return { code, out, err };
}

/** script(1) of util-linux gives a program a real terminal. */
export const hasTerminals = spawnSync('script', ['--version'], { stdio: 'ignore' }).status === 0;

/** Somebody at a real terminal. */
export class Person {
  #seen = '';
  #read = 0;
  readonly #child: ChildProcess;
  readonly #end: Promise<unknown>;

  /** Runs the command, and then tells how it has left the terminal. */
  constructor(words: string) {
    const command = [process.execPath, PROGRAM, words].join(' ');
    const line = `${command}; code=$?; stty -a; exit $code`;
    this.#child = spawn('script', ['-qec', line, '/dev/null'], {
      cwd: workshop,
      env: environment({}),
      stdio: 'pipe',
    });
    children.add(this.#child);
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#seen += chunk.toString()));
    this.#end = once(this.#child, 'close');
  }

  /** Everything that was on the screen. */
  get seen(): string {
    return this.#seen;
  }

  /** Waits until the screen shows something that it did not show before. */
  async sees(text: string): Promise<void> {
    for (let i = 0; i < 500 && !this.#seen.includes(text, this.#read); i++) await sleep(40);
    if (!this.#seen.includes(text, this.#read)) {
      throw new Error(`No ${JSON.stringify(text)} in ${JSON.stringify(this.#seen)}`);
    }
    this.#read = this.#seen.indexOf(text, this.#read) + text.length;
  }

  types(text: string): void {
    this.#child.stdin?.write(text);
  }

  async answers(question: string, answer: string): Promise<void> {
    await this.sees(question);
    this.types(`${answer}\r`);
  }

  async leaves(): Promise<number | null> {
    await this.#end;
    written.push(this.#seen);
    return this.#child.exitCode;
  }
}

export function cleanUpCli(): void {
  for (const child of children) child.kill('SIGKILL');
  rmSync(workshop, { recursive: true, force: true });
}
