import { type LoggerService } from '@nestjs/common';
import type { Terminal } from './terminal/terminal.js';

/** Who logs errors that are thrown as well, and so are told anyway. */
const ECHOES = new Set(['ExceptionHandler', 'TypeOrmModule']);

/** Warnings and errors of the services, on standard error; a command has no log. */
export class CliLogger implements LoggerService {
  constructor(private readonly terminal: Terminal) {}

  log(): void {
    // nothing that a command's caller has asked for
  }

  warn(message: unknown): void {
    this.terminal.say(`Warning: ${String(message)}`);
  }

  error(message: unknown, ...rest: unknown[]): void {
    if (ECHOES.has(String(rest.at(-1)))) return;
    this.terminal.say(`Error: ${message instanceof Error ? message.message : String(message)}`);
  }
}
