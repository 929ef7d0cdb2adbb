import { type Logger } from '@nestjs/common';
import { errorCode } from './mail-transport.js';

/** Tells of an outage in two lines: one when it begins, one when it is over. */
export class Outage {
  #lasting = false;

  constructor(
    private readonly logger: Logger,
    private readonly what: string,
  ) {}

  begins(error: unknown): void {
    if (!this.#lasting) this.logger.warn(`${this.what} is failing: ${errorCode(error)}`);
    this.#lasting = true;
  }

  ends(): void {
    if (this.#lasting) this.logger.log(`${this.what} works again`);
    this.#lasting = false;
  }
}
