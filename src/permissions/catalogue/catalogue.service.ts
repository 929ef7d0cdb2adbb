import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  definedResources,
  isDefined,
  known,
  type PermissionName,
  type ResourceName,
  type ResourceSpec,
} from '../../access/permission-name.js';
import { markedResources } from '../../access/resource.js';
import { installEndings } from './endings.js';
import { Permission } from './permission.entity.js';

/** Names the lock under which one node at a time writes the catalogue. */
const LOCK = 7_165_201_990;

/**
 * What can be held: at start, what the code defines is written to the table of permissions, as Django does after
 * it migrates. What no code defines any more stays, held by whoever holds it, and is reported.
 */
@Injectable()
export class CatalogueService implements OnModuleInit {
  readonly #logger = new Logger('Permissions');
  #ids = new Map<string, number>();
  #names = new Map<number, PermissionName>();

  constructor(private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    if (!this.isComplete(await this.rows(this.dataSource.manager))) {
      await this.dataSource.transaction((manager) => this.write(manager));
    }
    await installEndings(this.dataSource, markedResources());
    const rows = await this.rows(this.dataSource.manager);
    this.#ids = new Map(rows.map(({ id, name }) => [name, id]));
    this.#names = new Map(rows.map(({ id, name }) => [id, name as PermissionName]));
    const stale = rows.filter(({ name }) => !isDefined(name)).map(({ name }) => name);
    if (stale.length > 0) {
      this.#logger.warn(`No code defines these permissions any more: ${stale.join(', ')}`);
    }
  }

  /** Its number in the tables. @throws UnknownPermission */
  idOf(permission: PermissionName): number {
    known(permission);
    const id = this.#ids.get(permission);
    if (id === undefined) throw new Error(`"${permission}" was defined after the start`);
    return id;
  }

  /** Everything that the code defined when this node started, by its number in the tables. */
  ids(): ReadonlyMap<PermissionName, number> {
    const defined = [...this.#ids].filter(([name]) => isDefined(name));
    return new Map(defined as [PermissionName, number][]);
  }

  /** Undefined: no code defined it when this node started. */
  nameOf(id: number): PermissionName | undefined {
    return this.#names.get(id);
  }

  private rows(manager: EntityManager): Promise<Permission[]> {
    return manager.getRepository(Permission).find({ order: { name: 'ASC' } });
  }

  private isComplete(rows: readonly Permission[]): boolean {
    const names = new Set(rows.map(({ name }) => name));
    return definedResources().every(({ permissions }) =>
      Object.values(permissions).every((name) => names.has(name)),
    );
  }

  private async write(manager: EntityManager): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    for (const resource of definedResources()) {
      if (resource.formerly !== undefined) await rename(manager, resource, resource.formerly);
    }
    const defined = definedResources().flatMap(({ name: resource, permissions }) =>
      Object.values(permissions).map((name) => ({ name, resource })),
    );
    await manager
      .createQueryBuilder()
      .insert()
      .into(Permission)
      .values(defined)
      .orIgnore() // permissions_name_key
      .execute();
  }
}

/** Whoever held the old permissions holds the new ones. */
async function rename(
  manager: EntityManager,
  { name: resource, permissions }: ResourceSpec,
  formerly: ResourceName,
): Promise<void> {
  const [app = '', model = ''] = formerly.split('.');
  for (const [action, name] of Object.entries(permissions)) {
    await manager.query(
      `UPDATE permissions SET name = $1, resource = $2
        WHERE name = $3 AND NOT EXISTS (SELECT 1 FROM permissions WHERE name = $1)`,
      [name, resource, `${app}.${action}_${model}`],
    );
  }
}
