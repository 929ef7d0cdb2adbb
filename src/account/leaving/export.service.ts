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
const FIRST = '00000000-0000-0000-0000-000000000000';

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

  /** In the order of their ids. Each table has an index that begins with its owner. */
  private async *rows(
    { table, owner, columns }: ExportedTable,
    userId: string,
  ): AsyncGenerator<object> {
    const shown = columns.map((column) => `"${column}" AS "${camelCase(column)}"`).join(', ');
    for (let last = FIRST; ;) {
      const rows = await this.dataSource.query<{ id: string }[]>(
        `SELECT ${shown} FROM "${table}" WHERE "${owner}" = $1 AND id > $2 ORDER BY id LIMIT $3`,
        [userId, last, BATCH],
      );
      yield* rows;
      last = rows.at(-1)?.id ?? last;
      if (rows.length < BATCH) return;
    }
  }
}
