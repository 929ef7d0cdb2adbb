import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { User } from '../../users/user.entity.js';
import { camelCase, type ExportedTable } from './exported-table.js';

export const EXPORTED_TABLES = Symbol('EXPORTED_TABLES');

/** Rows that are in memory at once. */
const BATCH = 500;

/** Everything that is held about a user, piece by piece, so that it takes no more room for a long life. */
@Injectable()
export class ExportService {
  constructor(
    @Inject(EXPORTED_TABLES) private readonly tables: readonly ExportedTable[],
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** The pieces of a JSON document. @throws NotFound */
  async of(userId: string, caller: Caller): Promise<AsyncGenerator<string>> {
    const user = await this.dataSource.getRepository(User).findOneBy({ id: userId });
    if (user === null) throw new NotFound();
    await this.dataSource.transaction((manager) =>
      this.audit.record(manager, {
        action: 'data_exported',
        outcome: 'success',
        actorId: userId,
        subjectId: userId,
        caller,
      }),
    );
    return this.pieces(user);
  }

  private async *pieces(user: User): AsyncGenerator<string> {
    yield `{"exportedAt":${JSON.stringify(this.clock.now())},"profile":${JSON.stringify(user)}`;
    for (const table of this.tables) {
      yield `,${JSON.stringify(table.name)}:[`;
      let comma = '';
      for await (const row of this.rows(table, user.id)) {
        yield `${comma}${JSON.stringify(row)}`;
        comma = ',';
      }
      yield ']';
    }
    yield '}';
  }

  /** In the order of their keys. Each table has an index that begins with its owner. */
  private async *rows(exported: ExportedTable, userId: string): AsyncGenerator<object> {
    const { table, owner, key = 'id' } = exported;
    for (let last: unknown; ;) {
      const after = last === undefined ? '' : `AND "${key}" > $3`;
      const rows = await this.dataSource.query<Record<string, unknown>[]>(
        `SELECT ${shownOf(exported)} FROM "${table}" WHERE "${owner}" = $1 ${after} ORDER BY "${key}" LIMIT $2`,
        [userId, BATCH, ...(last === undefined ? [] : [last])],
      );
      yield* rows;
      last = rows.at(-1)?.[camelCase(key)];
      if (rows.length < BATCH) return;
    }
  }
}

/** What somebody else left in a row, her address say, is not the owner's to be told. `$1`: the owner. */
function shownOf({ columns, ofActor }: ExportedTable): string {
  const told = (column: string) =>
    ofActor?.columns.includes(column)
      ? `CASE WHEN "${ofActor.actor}" IS NULL OR "${ofActor.actor}" = $1 THEN "${column}" END`
      : `"${column}"`;
  return columns.map((column) => `${told(column)} AS "${camelCase(column)}"`).join(', ');
}
