import { UsageError } from '../cli-error.js';
import { LineConversation } from './line-conversation.js';
import type { Conversation, Terminal } from './terminal.js';

/** No secret is longer. */
const MAX_INPUT = 65_536;

/** The terminal, or the pipes, of this process. */
export class ProcessTerminal implements Terminal {
  get interactive(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  async converse<T>(work: (conversation: Conversation) => Promise<T>): Promise<T> {
    const conversation = new LineConversation(process.stdin, process.stderr);
    try {
      return await work(conversation);
    } finally {
      conversation.end();
    }
  }

  async readInput(): Promise<Buffer> {
    if (process.stdin.isTTY) {
      throw new UsageError('Standard input is a terminal, which would show what you type.');
    }
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_INPUT) throw new UsageError('Standard input holds more than a password.');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}
