import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasChromium =
  spawnSync('chromium', ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly entry?: { readonly text: string } };
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A real browser with one page, driven over its own protocol: `--remote-debugging-pipe` needs no library. */
export class Chromium {
  /** What the page complained of: violations of its policy, errors of its script. */
  readonly complaints: string[] = [];
  readonly #profile = mkdtempSync(join(tmpdir(), 'gatehouse-chromium-'));
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #child: ChildProcess;
  #last = 0;
  #session: string | undefined;

  private constructor() {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
    this.#child = spawn(
      'chromium',
      [...flags, '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    let rest = '';
    (this.#child.stdio[4] as Readable).on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\0');
      rest = parts.pop() ?? '';
      for (const part of parts) this.#hear(JSON.parse(part) as Message);
    });
  }

  static async start(): Promise<Chromium> {
    const browser = new Chromium();
    const { targetId } = await browser.#ask('Target.createTarget', { url: 'about:blank' });
    const attached = await browser.#ask('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = attached['sessionId'] as string;
    for (const domain of ['Page', 'Runtime', 'Log']) await browser.#ask(`${domain}.enable`, {});
    return browser;
  }

  async open(url: string): Promise<void> {
    await this.#ask('Page.navigate', { url: 'about:blank' });
    await this.#ask('Page.navigate', { url });
  }

  /** The value of an expression in the page. */
  async look<T>(expression: string): Promise<T> {
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value: T }).value;
  }

  /** Looks again and again until the page shows this. */
  async sees(text: string): Promise<void> {
    let shown = '';
    for (let i = 0; i < 200; i++) {
      shown = (await this.look<string | undefined>('document.body?.innerText')) ?? '';
      if (shown.includes(text)) return;
      await sleep(50);
    }
    throw new Error(`No ${JSON.stringify(text)} in ${JSON.stringify(shown)}`);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #hear({ id, method, params, ...answer }: Message): void {
    if (id !== undefined) this.#waiting.get(id)?.(answer);
    if (method === 'Log.entryAdded') this.complaints.push(params?.entry?.text ?? '');
    if (method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(params));
  }

  #ask(method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#last;
    const message = { id, method, params, ...(this.#session && { sessionId: this.#session }) };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
      (this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }
}
