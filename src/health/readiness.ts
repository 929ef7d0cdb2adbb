import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Milliseconds that the database has for its answer. */
const PATIENCE = 2000;

/** Whether this node should be sent requests. */
@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  #leaving = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Called as soon as the process is asked to end, while requests under way are still served. */
  leave(): void {
    this.#leaving = true;
  }

  beforeApplicationShutdown(): void {
    this.leave();
  }

  async isReady(): Promise<boolean> {
    return !this.#leaving && (await this.databaseAnswers());
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, PATIENCE, false);
    });
    const answer = this.dataSource.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const answers = await Promise.race([answer, late]);
    clearTimeout(timer);
    return answers;
  }
}
