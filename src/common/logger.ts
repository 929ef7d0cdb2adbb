import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import { batched } from './batched-log.js';
import type { Failure } from './failure.js';
import { prettyStream } from './pretty-log.js';
import { describeError } from './safe-error.js';
import { currentTrace } from './traced.js';

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'pretty';
}

/** Who reports every module and route at each start; only of interest when something is amiss. */
const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/**
 * Structured logs: one JSON object a line, written in batches off the request path, or lines for people on
 * a terminal. Callers pass ids, never persons: no address, name, body, header or query is ever logged.
 */
export class AppLogger implements LoggerService {
  readonly #pino: Pino;
  readonly #stream: DestinationStream;

  constructor({ level, format }: LogOptions, destination?: DestinationStream) {
    const stream =
      destination ??
      (format === 'pretty'
        ? prettyStream(process.stdout)
        : batched(pino.destination({ dest: 1, sync: false })));
    this.#stream = stream;
    const timestamp = stdTimeFunctions.isoTime;
    this.#pino = pino({ level, base: null, timestamp, mixin: currentTrace }, stream);
  }

  log(message: unknown, context?: string): void {
    if (FRAMEWORK.has(context ?? '')) this.debug(message, context);
    else this.#pino.info({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.#pino.warn({ context }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.#pino.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.#pino.trace({ context }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (message instanceof Error) this.#pino.error({ context, error: describeError(message) });
    else this.#pino.error({ context }, String(message));
  }

  /** A failure of ours (5xx), with its cause but without the values that came with it. */
  failure(failure: Failure, requestId: string): void {
    const { code } = failure.spec;
    const line = { requestId, code, error: describeError(failure.cause) };
    if (failure.spec.status === 500) this.#pino.error(line, 'request failed');
    else this.#pino.warn(line, 'request refused');
  }

  /** A whole line, made elsewhere; see `RequestLog`. */
  raw(line: string): void {
    this.#stream.write(line);
  }

  get writesInfo(): boolean {
    return this.#pino.isLevelEnabled('info');
  }

  /** Writes what is still in memory; called before the process ends. */
  flush(): void {
    const { flushSync } = this.#stream as { flushSync?: () => void };
    flushSync?.call(this.#stream);
  }
}
