import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KeyRing } from '../config/key-ring.js';

/** A column whose values are sealed under the key ring. The names are ours, never anybody's input. */
export interface SealedColumn {
  readonly table: string;
  /** The primary key; its text is the context of the seal. */
  readonly key: string;
  readonly column: string;
  readonly purpose: string;
}

/** Every sealed column, in any order. */
export const SEALED_COLUMNS = Symbol('SEALED_COLUMNS');

export interface SealStatus {
  readonly column: SealedColumn;
  readonly newest: number;
  readonly older: number;
}

/** Milliseconds after the start, and between two looks. */
const FIRST = 5000;
const INTERVAL = 3_600_000;
const BATCH = 200;

interface SealedRow {
  readonly key: string;
  readonly sealed: Buffer;
}

/**
 * Seals anew, under the newest key of `SECRET_KEYS`, what older ones have sealed, so that they can be dropped.
 * A row at a time, compared and swapped: it can be stopped anywhere, and many nodes may do it at once.
 */
@Injectable()
export class ResealingService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Keys');
  #timers: NodeJS.Timeout[] = [];

  constructor(
    @Inject(SEALED_COLUMNS) private readonly columns: readonly SealedColumn[],
    private readonly dataSource: DataSource,
    private readonly keyRing: KeyRing,
  ) {}

  onApplicationBootstrap(): void {
    const work = () => {
      this.reseal().catch(() => {
        this.#logger.warn('What older secret keys have sealed is sealed anew later');
      });
    };
    this.#timers = [setTimeout(work, FIRST).unref(), setInterval(work, INTERVAL).unref()];
  }

  onApplicationShutdown(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Returns how many values were sealed anew. @throws if one was sealed under a key that is not in the ring */
  async reseal(): Promise<number> {
    let count = 0;
    for (const column of this.columns) count += await this.resealColumn(column);
    return count;
  }

  async status(): Promise<SealStatus[]> {
    return Promise.all(
      this.columns.map(async (column) => {
        const [row] = await this.dataSource.query<{ newest: number; older: number }[]>(
          `SELECT count(*) FILTER (WHERE ${isNewest(column)})::int AS newest,
                  count(*) FILTER (WHERE NOT ${isNewest(column)})::int AS older
             FROM ${column.table}`,
          [this.keyRing.newestMark],
        );
        return { column, newest: row?.newest ?? 0, older: row?.older ?? 0 };
      }),
    );
  }

  private async resealColumn(column: SealedColumn): Promise<number> {
    let count = 0;
    for (let after = '', rows = await this.older(column, after); rows.length > 0;) {
      for (const row of rows) count += await this.resealRow(column, row);
      after = rows.at(-1)?.key ?? '';
      rows = await this.older(column, after);
    }
    return count;
  }

  /** By the primary key, so that each row is met once. */
  private older(column: SealedColumn, after: string): Promise<SealedRow[]> {
    const { table, key, column: name } = column;
    return this.dataSource.query<SealedRow[]>(
      `SELECT ${key}::text AS key, ${name} AS sealed FROM ${table}
        WHERE NOT ${isNewest(column)} AND ($2 = '' OR ${key}::text > $2) ORDER BY ${key}::text LIMIT $3`,
      [this.keyRing.newestMark, after, BATCH],
    );
  }

  private async resealRow({ table, key, column, purpose }: SealedColumn, row: SealedRow) {
    const plain = this.keyRing.open(purpose, row.key, row.sealed);
    const sealed = this.keyRing.seal(purpose, row.key, plain);
    const [, changed] = await this.dataSource.query<[unknown, number]>(
      `UPDATE ${table} SET ${column} = $1 WHERE ${key}::text = $2 AND ${column} = $3`,
      [sealed, row.key, row.sealed],
    );
    return changed;
  }
}

/** Whether the newest key made the seal, which begins with the mark of its key. */
const isNewest = ({ column }: SealedColumn) =>
  `substring(${column} FROM 1 FOR octet_length($1::bytea)) = $1::bytea`;
