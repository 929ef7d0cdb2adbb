import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { FactorResetService } from './factor-reset.service.js';

/** Milliseconds between two sweeps. */
const INTERVAL = 300_000;

/** Executes resets that are due, one a transaction: many nodes may sweep at once, and each can be stopped anywhere. */
@Injectable()
export class FactorResetSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Login');
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(private readonly resets: FactorResetService) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch(() => {
        this.#logger.warn('Second factors that are due to be reset are reset later');
      });
    }, INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    this.#stopping = true;
    clearInterval(this.#timer);
  }

  /** Returns how many were dealt with. */
  async sweep(): Promise<number> {
    let done = 0;
    while (!this.#stopping && (await this.resets.executeOne())) done++;
    return done;
  }
}
