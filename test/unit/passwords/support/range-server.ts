import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export function sha1(password: string): string {
  return createHash('sha1').update(password).digest('hex').toUpperCase();
}

/** Speaks the range API on this machine; remembers what it was asked. */
export class RangeServer {
  readonly asked: IncomingMessage[] = [];
  answer: Answer = (_, response) => response.end();
  readonly #server = createServer((request, response) => {
    this.asked.push(request);
    this.answer(request, response);
  });

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/range/`;
  }

  /** From now on answers with these rows. */
  rows(...rows: string[]): void {
    this.answer = (_, response) => response.end(rows.join('\r\n'));
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
