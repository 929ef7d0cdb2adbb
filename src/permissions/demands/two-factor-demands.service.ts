import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import { Clock } from '../../common/clock.js';
import { Settings } from '../../config/settings.js';
import { HoldingsReaderService } from '../holding/holdings-reader.service.js';
import { type Holdings, lasts } from '../holding/holdings.js';
import { HoldingsService } from '../holding/holdings.service.js';
import { type Marks, TwoFactorMarks } from './two-factor-marks.service.js';

/**
 * Who must have a second factor: by the setting (all, or staff and superusers); whoever is in a group that demands one,
 * through other groups too; whoever holds a permission that demands one on every object. Superusers hold them all.
 */
@Injectable()
export class TwoFactorDemands {
  constructor(
    private readonly marks: TwoFactorMarks,
    private readonly holdings: HoldingsService,
    private readonly reader: HoldingsReaderService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** For the door. Undefined: not all that it takes is in memory; ask `find`. */
  peek(user: Actor): boolean | undefined {
    if (this.isBySetting(user)) return true;
    const marks = this.marks.peek();
    const decided = marks && byMarksAlone(user, marks);
    if (decided !== undefined || marks === undefined) return decided;
    const holdings = this.holdings.peek(user.id);
    return holdings && this.isMarked(holdings, marks);
  }

  /** From memory, or read. */
  async find(user: Actor): Promise<boolean> {
    if (this.isBySetting(user)) return true;
    const marks = await this.marks.find();
    return byMarksAlone(user, marks) ?? this.isMarked(await this.holdings.find(user.id), marks);
  }

  /** As the tables have it: for a sign-in, whose session will go by it. */
  async read(user: Actor, manager?: EntityManager): Promise<boolean> {
    if (this.isBySetting(user)) return true;
    const marks = await this.marks.read(manager);
    const decided = byMarksAlone(user, marks);
    if (decided !== undefined) return decided;
    return this.isMarked(await this.reader.read({ type: 'user', id: user.id }, manager), marks);
  }

  private isBySetting({ isStaff, isSuperuser }: Actor): boolean {
    const { requiredFor } = this.settings.twoFactor;
    return requiredFor === 'all' || (requiredFor === 'staff' && (isStaff || isSuperuser));
  }

  private isMarked({ groups, permissions }: Holdings, marks: Marks): boolean {
    const now = this.clock.millis();
    for (const [id, until] of groups) {
      if (marks.groups.has(id) && lasts(until, now)) return true;
    }
    for (const name of marks.permissions) {
      if (lasts(permissions.get(name), now)) return true;
    }
    return false;
  }
}

/** Undefined: it takes what the user holds. */
function byMarksAlone({ isSuperuser }: Actor, { groups, permissions }: Marks): boolean | undefined {
  if (permissions.size > 0 && isSuperuser) return true;
  return groups.size === 0 && permissions.size === 0 ? false : undefined;
}
