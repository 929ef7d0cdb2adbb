import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { nest } from './build.mjs';
import { at } from './places.mjs';
import { isPassedByTerminal } from './run.mjs';
import { contents, outline, writeStamp } from './sources.mjs';

const PATIENCE = 15_000;

/** Compiles on every change and starts the server anew whenever that went well, until Ctrl-C. */
export async function develop() {
  const watcher = spawn(process.execPath, [nest, 'build', '--watch', '--preserveWatchOutput'], {
    cwd: at(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const server = new DevelopmentServer();
  let tail = '';
  watcher.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    tail = (tail + chunk).slice(-200);
    if (!/Found 0 errors/.test(tail)) return;
    tail = '';
    const now = outline();
    writeStamp({ outline: now, contents: contents(now) }); // so that `npm run cli` beside us needs no build
    server.restart();
  });
  const quit = (signal) => {
    watcher.kill('SIGTERM');
    server.quit(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => quit(signal));
  const [code] = await once(watcher, 'close');
  await server.quit('SIGTERM');
  process.exit(code ?? 0);
}

/** One server at a time: the next begins when the last, and with it the embedded database, has ended. */
class DevelopmentServer {
  #child;
  #wanted = false;
  #over = false;
  #turn;

  restart() {
    this.#wanted = true;
    this.#turn ??= this.#replace().finally(() => (this.#turn = undefined));
  }

  async quit(signal) {
    const first = !this.#over;
    this.#over = true;
    await this.#end(first && !isPassedByTerminal(signal) ? signal : undefined);
  }

  async #replace() {
    while (this.#wanted && !this.#over) {
      this.#wanted = false;
      await this.#end('SIGTERM');
      if (!this.#over && !this.#wanted) this.#begin();
    }
  }

  #begin() {
    const words = ['--enable-source-maps', at('dist', 'main.js')];
    const child = spawn(process.execPath, words, { cwd: at(), stdio: 'inherit' });
    this.#child = child;
    child.once('exit', (code, signal) => {
      const replaced = this.#over || this.#turn;
      if (this.#child === child) this.#child = undefined;
      if (!replaced)
        console.error(`The server has ended (${signal ?? code}); waiting for a change …`);
    });
  }

  async #end(signal) {
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    if (signal) child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    await ended;
    clearTimeout(impatience);
  }
}
