import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PermissionName } from '../../access/permission-name.js';
import { afterCommit } from '../../database/after-commit.js';
import { NewsService } from '../../database/news/news.service.js';
import { Remembered } from '../../database/news/remembered.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';

const TOPIC = 'two_factor_marks';
/** There is one fact. */
const ALL = '';

/** What is marked: whoever is in it, or holds it, needs a second factor. */
export interface Marks {
  readonly groups: ReadonlySet<string>;
  readonly permissions: ReadonlySet<PermissionName>;
}

interface Row {
  readonly group_id: string | null;
  readonly permission_id: number | null;
}

/** Which groups and permissions demand second factors, as this node remembers it. */
@Injectable()
export class TwoFactorMarks {
  readonly #marks: Remembered<Marks>;

  constructor(
    private readonly news: NewsService,
    private readonly dataSource: DataSource,
    private readonly catalogue: CatalogueService,
  ) {
    this.#marks = new Remembered(news, {
      name: 'two-factor-marks',
      max: 1,
      load: async () => ({ fact: await this.read() }),
    });
    news.onChange(TOPIC, () => {
      this.#marks.forgetAll();
    });
  }

  /** Undefined: not in memory now. */
  peek(): Marks | undefined {
    return this.#marks.peek(ALL);
  }

  async find(): Promise<Marks> {
    const marks = await this.#marks.find(ALL);
    if (marks === undefined) throw new Error('What is marked could not be read');
    return marks;
  }

  /** As the tables have it. */
  async read(manager: EntityManager = this.dataSource.manager): Promise<Marks> {
    // Index: groups_requires_two_factor_idx; there are as many permissions as the code has.
    const rows = await manager.query<Row[]>(
      `SELECT id AS group_id, NULL::integer AS permission_id FROM groups WHERE requires_two_factor
       UNION ALL SELECT NULL, id FROM permissions WHERE requires_two_factor`,
    );
    const groups = new Set<string>();
    const permissions = new Set<PermissionName>();
    for (const { group_id, permission_id } of rows) {
      const name = permission_id === null ? undefined : this.catalogue.nameOf(permission_id);
      if (group_id !== null) groups.add(group_id);
      else if (name !== undefined) permissions.add(name);
    }
    return { groups, permissions };
  }

  /** Returns what it was before; undefined: there is no such permission. Who may do so is the caller's to see to. */
  async markPermission(
    manager: EntityManager,
    permission: PermissionName,
    marked: boolean,
  ): Promise<boolean | undefined> {
    // Index: permissions_name_key
    const [row] = await manager.query<{ before: boolean }[]>(
      'SELECT requires_two_factor AS before FROM permissions WHERE name = $1 FOR NO KEY UPDATE',
      [permission],
    );
    if (row === undefined || row.before === marked) return row?.before;
    await manager.query('UPDATE permissions SET requires_two_factor = $2 WHERE name = $1', [
      permission,
      marked,
    ]);
    this.announce(manager);
    return row.before;
  }

  /** Other nodes hear it from the database; this one is not to answer before it knows. */
  announce(manager: EntityManager): void {
    afterCommit(manager, () => {
      this.news.tell(TOPIC);
    });
  }
}
