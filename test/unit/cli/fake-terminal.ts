import type { Conversation, Terminal } from '../../../src/cli/terminal/terminal.js';

/** Somebody who has the answers ready, or nobody. */
export class FakeTerminal implements Terminal {
  readonly written = { out: '', err: '' };
  readonly asked: string[] = [];
  readonly interactive: boolean;

  constructor(
    private readonly answers: string[] = [],
    private readonly input = '',
  ) {
    this.interactive = answers.length > 0;
  }

  print(text: string): void {
    this.written.out += `${text}\n`;
  }

  say(text: string): void {
    this.written.err += `${text}\n`;
  }

  converse<T>(work: (conversation: Conversation) => Promise<T>): Promise<T> {
    const answer = (question: string): Promise<string> => {
      this.asked.push(question);
      const next = this.answers.shift();
      return next === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve(next);
    };
    return work({ ask: answer, askHidden: answer });
  }

  readInput(): Promise<Buffer> {
    return Promise.resolve(Buffer.from(this.input));
  }
}
