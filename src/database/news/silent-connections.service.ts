import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { NewsService } from './news.service.js';

/** Milliseconds that a connection has, once the database is heard again, for what it has been asked. */
const PATIENCE = 500;

interface Wired {
  readonly connection: {
    readonly stream: { readonly bytesRead: number; destroy(error: Error): unknown };
  };
}

const streamOf = (client: PoolClient) => (client as unknown as Wired).connection.stream;

/**
 * A network that swallows packets, or a database whose machine is gone, tells nobody that connections are lost: each
 * would cost whoever gets it the longest wait, again and again, for as long as the kernel hopes. So when the database
 * fell silent and is heard again, connections that have carried nothing in between are closed.
 */
@Injectable()
export class SilentConnections implements OnModuleInit {
  readonly #logger = new Logger('Database');
  readonly #clients = new Set<PoolClient>();
  /** How much each had brought when the silence began. */
  #before: ReadonlyMap<PoolClient, number> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly news: NewsService,
  ) {}

  onModuleInit(): void {
    const { master } = this.dataSource.driver as unknown as { readonly master: Pool };
    master.on('acquire', (client) => this.#clients.add(client));
    master.on('remove', (client) => this.#clients.delete(client));
    this.news.onSilence({
      begins: () => {
        this.#before ??= new Map(
          [...this.#clients].map((each) => [each, streamOf(each).bytesRead]),
        );
      },
      ends: () => void this.close(),
    });
  }

  private async close(): Promise<void> {
    const before = this.#before ?? new Map<PoolClient, number>();
    this.#before = undefined;
    await sleep(PATIENCE, undefined, { ref: false });
    const silent = [...before].filter(
      ([client, read]) => this.#clients.has(client) && streamOf(client).bytesRead === read,
    );
    for (const [client] of silent) {
      streamOf(client).destroy(new Error('Connection terminated: silent'));
    }
    if (silent.length > 0) {
      this.#logger.warn(`Connections that were silent: ${silent.length} closed`);
    }
  }
}
