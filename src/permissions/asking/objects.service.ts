import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { known, type PermissionName, viewOf } from '../../access/permission-name.js';
import type { Principal } from '../../access/principal.js';
import { conditionOf, markedResources } from '../../access/resource.js';
import { ValidationFailed } from '../../common/failures.js';
import type { Page, PageQuery } from '../../common/paging.js';
import { HoldingsReaderService } from '../holding/holdings-reader.service.js';
import type { Holder } from '../holding/rights.service.js';
import { PermissionsService } from '../permissions.service.js';
import { VisibleService } from '../visible.service.js';
import { DecisionsService } from './decisions.service.js';

type Ids = Page<{ readonly id: string }>;

const NONE: Ids = { items: [], nextCursor: null };

/** Whose objects are asked for. */
export interface Wanted {
  readonly subject: Holder;
  readonly permission: PermissionName;
}

interface Narrowed extends Wanted {
  /** The objects that the caller's scopes name, where she asks about herself; undefined: all. */
  readonly only: readonly string[] | undefined;
}

/** On which objects does somebody hold this? */
@Injectable()
export class ObjectsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly permissions: PermissionsService,
    private readonly decisions: DecisionsService,
    private readonly holdings: HoldingsReaderService,
    private readonly seen: VisibleService,
  ) {}

  /**
   * One page, in the order of ids. Who holds it on the kind holds it on every object that there is, of which those
   * are told that the asker may view.
   *
   * @throws ValidationFailed where the kind has no single objects.
   */
  async page(asker: Principal, { subject, permission }: Wanted, page: PageQuery): Promise<Ids> {
    const { name } = known(permission);
    const entity = markedResources().get(name);
    if (entity === undefined) throw noObjects();
    const isOwn = isSelf(asker, subject);
    const only = isOwn ? asker.scopes?.objectsOf(permission) : undefined;
    if (only?.length === 0) return NONE;
    const [holdsOnKind] = await this.decisions.decide([{ subject, permission }]);
    if (!holdsOnKind) return this.granted({ subject, permission, only }, page);
    const query = this.dataSource
      .getRepository<{ id: string }>(entity)
      .createQueryBuilder('thing')
      .select('thing.id')
      .where(conditionOf(name));
    if (only !== undefined) query.andWhere('thing.id = ANY(:only)', { only }); // the primary key
    return this.permissions.visiblePage(query, asker, viewOf(permission), page);
  }

  private async granted({ subject, permission, only }: Narrowed, page: PageQuery): Promise<Ids> {
    if (!(await this.isSomebody(subject))) return NONE;
    const holdings = await this.holdings.read(subject);
    const userId = subject.type === 'user' ? subject.id : undefined;
    const grantee = { userId, holdings };
    return this.seen.ids(this.dataSource.manager, { permission, grantee, only }, page);
  }

  /** Grants stay with who is not active, and give nothing. */
  private async isSomebody({ type, id }: Holder): Promise<boolean> {
    if (type === 'group') return true;
    const rows = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM users WHERE id = $1 AND is_active', // users_pkey
      [id],
    );
    return rows.length > 0;
  }
}

const isSelf = ({ user }: Principal, { type, id }: Holder): boolean =>
  type === 'user' && id === user.id;

const noObjects = () =>
  new ValidationFailed({
    errors: [
      {
        field: 'permission',
        code: 'no_objects',
        message: 'It is about a kind of thing that has no single objects.',
      },
    ],
  });
