import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { definedResources, type PermissionName } from '../../../access/permission-name.js';
import { Clock } from '../../../common/clock.js';
import { NotFound } from '../../../common/failures.js';
import { HoldingsReaderService } from '../../holding/holdings-reader.service.js';
import { groupsAt, lasts } from '../../holding/holdings.js';
import type { Holder } from '../../holding/rights.service.js';
import { DecisionsService } from '../decisions.service.js';
import { FactsReaderService } from '../facts-reader.service.js';
import type { Change } from './change.js';

/** What somebody holds at a moment of a transaction. */
export interface Standing {
  /** On every object of their kinds. */
  readonly permissions: ReadonlySet<PermissionName>;
  /** Whose single grants are hers: her own, and those of these groups. */
  readonly userId: string | null;
  readonly groups: readonly string[];
}

/** The same around a change. */
export interface Seen extends Standing {
  /** Of a change on one object: whether the permission is held on it. */
  readonly onObject: boolean;
}

const NOTHING: Standing = { permissions: new Set(), userId: null, groups: [] };

@Injectable()
export class StandingService {
  constructor(
    private readonly facts: FactsReaderService,
    private readonly holdings: HoldingsReaderService,
    private readonly decisions: DecisionsService,
    private readonly clock: Clock,
  ) {}

  async see(change: Change, subject: Holder, manager: EntityManager): Promise<Seen> {
    const standing = await this.of(subject, manager);
    if (!('objectId' in change)) return { ...standing, onObject: false };
    const { permission, objectId } = change;
    const question = { subject, permission, objectId };
    const [onObject = false] = await this.decisions.decide([question], manager);
    return { ...standing, onObject };
  }

  /** @throws NotFound */
  async namesOf(holders: readonly Holder[], manager: EntityManager): Promise<string[]> {
    const names: string[] = [];
    for (const holder of holders) {
      const known = await this.facts.know(holder, manager);
      if (known === undefined) throw new NotFound();
      names.push(known.name);
    }
    return names;
  }

  /** Nothing, if there is no such subject (any more), or it is not active. */
  private async of(subject: Holder, manager: EntityManager): Promise<Standing> {
    const known = await this.facts.know(subject, manager);
    if (!known?.isActive) return NOTHING;
    const held = await this.holdings.read(subject, manager);
    const now = this.clock.millis();
    const permissions = [...held.permissions].filter(([, until]) => lasts(until, now));
    return {
      permissions: new Set(known.isSuperuser ? everything() : permissions.map(([name]) => name)),
      userId: subject.type === 'user' ? subject.id : null,
      groups: groupsAt(held, now),
    };
  }
}

const everything = (): PermissionName[] =>
  definedResources().flatMap(({ permissions }) => Object.values(permissions));
