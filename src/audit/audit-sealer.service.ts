import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditHead } from './audit-chain.entity.js';
import { AuditKeysService } from './audit-keys.service.js';
import type { Link } from './audit-proofs.js';

/** Names the lock of whoever lengthens the chain. */
const LOCK = 7_165_201_992;
/** Milliseconds between an event and its place in the chain. */
const DELAY = 1000;
/** Milliseconds between two looks for what other nodes or a crash have left. */
const INTERVAL = 60_000;
const BATCH = 1000;

interface UnsealedRow {
  readonly id: string;
  readonly mac: Buffer;
}

/**
 * Gives what is committed its place in the chain, a batch at a time and one node at a time. Events are
 * written without a place, so that no writer waits for another; what commits late is sealed late.
 */
@Injectable()
export class AuditSealerService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Audit');
  #interval: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sealing = Promise.resolve();
  #broken = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: AuditKeysService,
  ) {}

  onApplicationBootstrap(): void {
    this.#interval = setInterval(() => {
      this.wake();
    }, INTERVAL).unref();
    this.wake();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#interval);
    clearTimeout(this.#timer);
    await this.#sealing;
  }

  /** There may be something to seal. Returns at once; many calls are as good as one. */
  wake(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sealing = this.sealAll((manager) => this.isAlone(manager)).then(
        () => undefined,
        () => {
          this.#logger.warn('Audit events are sealed later');
        },
      );
    }, DELAY).unref();
  }

  /** Seals all that is committed, after another node that is at it. Returns how many. */
  seal(): Promise<number> {
    return this.sealAll((manager) => this.wait(manager));
  }

  private async sealAll(isAlone: (manager: EntityManager) => Promise<boolean>): Promise<number> {
    let sealed = 0;
    for (;;) {
      const count = await this.dataSource.transaction(async (manager) =>
        (await isAlone(manager)) ? this.sealSome(manager) : 0,
      );
      sealed += count;
      if (count < BATCH) return sealed;
    }
  }

  private async sealSome(manager: EntityManager): Promise<number> {
    const head = await this.readHead(manager);
    if (head === undefined) return 0;
    // Index: audit_events_unsealed
    const rows = await manager.query<UnsealedRow[]>(
      'SELECT id, mac FROM audit_events WHERE sequence IS NULL ORDER BY id LIMIT $1',
      [BATCH],
    );
    const links = this.chain(head, rows);
    const last = links.at(-1);
    if (last === undefined) return 0;
    await this.write(manager, rows, links);
    const mac = this.keys.proofs.ofHead(last);
    await manager.update(AuditHead, { id: 1 }, { ...last, mac });
    return rows.length;
  }

  private async wait(manager: EntityManager): Promise<true> {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    return true;
  }

  private async isAlone(manager: EntityManager): Promise<boolean> {
    const [row] = await manager.query<{ alone: boolean }[]>(
      'SELECT pg_try_advisory_xact_lock($1) AS alone',
      [LOCK],
    );
    return row?.alone === true;
  }

  /** Undefined: it is not ours. Then the chain stays as it is, as evidence, and events wait. */
  private async readHead(manager: EntityManager): Promise<Link | undefined> {
    const head = await manager.findOneBy(AuditHead, { id: 1 });
    const genuine = head !== null && this.keys.proofs.isOfHead(head, head.mac);
    if (!genuine && !this.#broken) {
      this.#logger.error('The head of the audit log is not genuine: run the command audit verify');
    }
    this.#broken = !genuine;
    return genuine ? { sequence: head.sequence, hash: head.hash } : undefined;
  }

  private chain(head: Link, rows: readonly UnsealedRow[]): readonly Link[] {
    let last = head;
    return rows.map(({ mac }) => (last = this.keys.proofs.next(last, mac)));
  }

  private async write(
    manager: EntityManager,
    rows: readonly UnsealedRow[],
    links: readonly Link[],
  ): Promise<void> {
    // Index: audit_events_pkey, of the one partition that the id belongs to
    await manager.query(
      `UPDATE audit_events e SET sequence = s.sequence, hash = s.hash
         FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS s(id, sequence, hash)
        WHERE e.id = s.id AND e.sequence IS NULL`,
      [
        rows.map(({ id }) => id),
        links.map(({ sequence }) => sequence),
        links.map(({ hash }) => hash),
      ],
    );
  }
}
