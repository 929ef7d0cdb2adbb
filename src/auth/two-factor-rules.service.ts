import { Injectable } from '@nestjs/common';
import type { AccessRule, Demand } from '../access/access-rule.js';
import type { Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { TwoFactorDemands } from '../permissions/demands/two-factor-demands.service.js';
import { type Marks, TwoFactorMarks } from '../permissions/demands/two-factor-marks.service.js';
import { PermissionsService } from '../permissions/permissions.service.js';
import { TwoFactorProofs } from './two-factor-proofs.service.js';

type Demanding = Extract<AccessRule, Demand>;
type Calling = Principal | undefined;

/** What is closed to who has proved no second factor. */
@Injectable()
export class TwoFactorRules {
  constructor(
    private readonly demands: TwoFactorDemands,
    private readonly marks: TwoFactorMarks,
    private readonly permissions: PermissionsService,
    private readonly proofs: TwoFactorProofs,
    private readonly clock: Clock,
  ) {}

  /**
   * To who must have a second factor and has proved none nothing is open but what sets one up: it was demanded at her
   * sign-in, and the grace is over; or it is demanded since. It is not demanded of keys.
   *
   * @throws TwoFactorRequired, TwoFactorEnrollmentRequired
   */
  admit(principal: Principal): void | Promise<void> {
    const restricted = this.isRestricted(principal);
    if (restricted !== false) return this.refuseIf(restricted, principal);
  }

  /**
   * What the route demands by itself, or through the permissions that the caller makes use of. Asked of who holds them.
   *
   * @throws NotAuthenticated, TwoFactorRequired, TwoFactorEnrollmentRequired, ReauthenticationRequired
   */
  enforce(rule: AccessRule, calling: Calling, objectId?: string): void | Promise<void> {
    if (rule.twoFactor !== undefined) return this.proofs.demand(calling, rule.twoFactor);
    if (calling?.twoFactorAt !== undefined || !('permissions' in rule)) return;
    const marks = this.marks.peek();
    if (marks !== undefined && !isMarked(rule, marks)) return;
    return this.enforceMarks(rule, calling, objectId);
  }

  private isRestricted({
    user,
    via,
    twoFactorAt,
    enrollBy,
  }: Principal): boolean | Promise<boolean> {
    if (twoFactorAt !== undefined || via === 'api-key') return false;
    if (enrollBy !== undefined) return enrollBy.getTime() <= this.clock.millis();
    return this.demands.peek(user) ?? this.demands.find(user);
  }

  private async refuseIf(
    restricted: boolean | Promise<boolean>,
    principal: Principal,
  ): Promise<void> {
    if (await restricted) await this.proofs.refuse(principal);
  }

  private async enforceMarks(rule: Demanding, calling: Calling, objectId?: string): Promise<void> {
    const marks = await this.marks.find();
    if (!isMarked(rule, marks)) return;
    const others = rule.permissions.filter((permission) => !marks.permissions.has(permission));
    if (rule.any && (await this.permissions.allowsAny(calling, others, objectId))) return;
    await this.proofs.refuse(calling);
  }
}

const isMarked = ({ permissions }: Demanding, marks: Marks): boolean =>
  marks.permissions.size > 0 && permissions.some((each) => marks.permissions.has(each));
