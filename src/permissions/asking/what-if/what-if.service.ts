import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import type { PermissionName } from '../../../access/permission-name.js';
import { LastSuperuser, NotAPerson } from '../../../users/users.errors.js';
import { GroupsInCircle, TooMuchToTry } from '../../permissions.errors.js';
import { AppliedChangeService } from './applied-change.service.js';
import { type Change, concernedBy } from './change.js';
import { counted, type Effect, effectInWords, type MovedObjects } from './effect.js';
import { MovedObjectsService } from './moved-objects.service.js';
import { type Seen, StandingService } from './standing.service.js';

/** Nobody waits long for what is only tried, nor does it wait long for others. */
const LIMITS = `SELECT set_config('lock_timeout', '250ms', true), set_config('statement_timeout', '2s', true)`;

/**
 * The effect of a change, found by making it: in a transaction that is always rolled back, so that all triggers and
 * constraints have their say, and nobody hears of it. Who may ask is for the asking room to see to.
 */
@Injectable()
export class WhatIfService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly standing: StandingService,
    private readonly moved: MovedObjectsService,
    private readonly changes: AppliedChangeService,
  ) {}

  /** @throws NotFound, GroupsInCircle, LastSuperuser, NotAPerson, AnonymousGroupFixed, TooMuchToTry */
  async effectOf(change: Change): Promise<Effect & { readonly sentence: string }> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction('REPEATABLE READ');
      await runner.query(LIMITS);
      return await this.tryOut(change, runner);
    } catch (error) {
      throw translated(error);
    } finally {
      await rollBack(runner);
    }
  }

  private async tryOut(change: Change, runner: QueryRunner) {
    const { manager } = runner;
    const concerned = concernedBy(change);
    const [subject] = concerned;
    const names = await this.standing.namesOf(concerned, manager);
    const members =
      subject.type === 'group' ? await this.moved.membersOf(subject.id, manager) : undefined;
    const before = await this.standing.see(change, subject, manager);
    await runner.startTransaction(); // a savepoint: what is counted below is counted without the change
    await this.changes.apply(manager, change);
    const after = await this.standing.see(change, subject, manager);
    await runner.rollbackTransaction();
    const effect: Effect = {
      subject: { ...subject, name: names[0] ?? '' },
      permissions: {
        gained: added(before.permissions, after.permissions),
        lost: added(after.permissions, before.permissions),
      },
      objects: {
        gained: [
          ...(await this.moved.between(after, before, manager)),
          ...single(change, before, after),
        ],
        lost: [
          ...(await this.moved.between(before, after, manager)),
          ...single(change, after, before),
        ],
      },
      users: members === undefined ? null : counted(members),
    };
    return { ...effect, sentence: effectInWords(change, effect, names) };
  }
}

const added = (
  before: ReadonlySet<PermissionName>,
  after: ReadonlySet<PermissionName>,
): PermissionName[] => [...after].filter((name) => !before.has(name)).sort();

/** The object of the change itself, if it comes into reach. */
function single(change: Change, before: Seen, after: Seen): MovedObjects[] {
  const comes = 'objectId' in change && !before.onObject && after.onObject;
  return comes ? [{ permission: change.permission, count: 1, more: false }] : [];
}

async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    while (runner.isTransactionActive) await runner.rollbackTransaction();
  } finally {
    await runner.release();
  }
}

const REFUSALS: Readonly<Record<string, new (options: { cause: unknown }) => Error>> = {
  group_inclusions_acyclic: GroupsInCircle,
  users_last_superuser: LastSuperuser,
  users_service_account: NotAPerson,
};
const STATEMENT_TIMEOUT = '57014';

function translated(error: unknown): unknown {
  const { driverError } = Object(error) as { driverError?: { constraint?: string; code?: string } };
  const Refusal = REFUSALS[driverError?.constraint ?? ''];
  if (Refusal !== undefined) return new Refusal({ cause: error });
  return driverError?.code === STATEMENT_TIMEOUT ? new TooMuchToTry({ cause: error }) : error;
}
