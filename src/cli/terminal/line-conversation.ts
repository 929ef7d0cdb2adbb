import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from '../cli-error.js';
import type { Conversation } from './terminal.js';

/**
 * Asks line by line on a terminal. It is raw for the whole conversation, so that only this echoes, and only
 * while a question is open whose answer may be seen. Lines that come ahead of their question wait for it.
 */
export class LineConversation implements Conversation {
  readonly #lines: string[] = [];
  readonly #reader: Interface;
  #echo = false;
  #ended = false;
  #take: (() => void) | undefined;

  constructor(
    input: NodeJS.ReadStream,
    private readonly output: NodeJS.WriteStream,
  ) {
    const echo = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (this.#echo) output.write(chunk);
        done();
      },
    });
    this.#reader = createInterface({
      input,
      output: echo,
      terminal: true,
      historySize: 0, // a password is not to be had by the arrow key
      crlfDelay: Infinity,
    })
      .on('line', (line) => {
        this.#lines.push(edited(line));
        this.#take?.();
      })
      .on('close', () => {
        this.#ended = true;
        this.#take?.();
      })
      .on('SIGINT', () => {
        this.#take = undefined; // there will be no answer, and no time to be told so
        process.kill(process.pid, 'SIGINT');
      });
  }

  ask(question: string): Promise<string> {
    return this.#answer(question, true);
  }

  askHidden(question: string): Promise<string> {
    return this.#answer(question, false);
  }

  end(): void {
    this.#reader.close();
  }

  async #answer(question: string, echo: boolean): Promise<string> {
    this.#put(question, echo);
    while (this.#lines.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#take = resolve;
      });
    }
    this.#echo = false;
    const line = this.#lines.shift();
    if (line === undefined || !echo) this.output.write('\n');
    if (line === undefined) throw new CliError('Nothing was answered, so nothing was done.');
    return line;
  }

  #put(question: string, echo: boolean): void {
    this.#echo = echo;
    if (!echo) {
      this.output.write(question);
      return;
    }
    this.#reader.setPrompt(question);
    this.#reader.prompt(true); // by the reader, which writes it again while the answer is edited
  }
}

/** A dumb terminal takes backspace for a character, which nobody means it to be. */
function edited(line: string): string {
  const kept: string[] = [];
  for (const character of line) {
    if (character === '\b' || character === '\u007f') kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}
