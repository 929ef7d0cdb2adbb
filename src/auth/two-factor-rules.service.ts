import { Injectable } from '@nestjs/common';
import type { AccessRule, Demand } from '../access/access-rule.js';
import type { Principal } from '../access/principal.js';
import { type Marks, TwoFactorMarks } from '../permissions/demands/two-factor-marks.service.js';
import { PermissionsService } from '../permissions/permissions.service.js';
import { TwoFactorAdmission } from './two-factor-admission.service.js';
import { TwoFactorProofs } from './two-factor-proofs.service.js';

type Demanding = Extract<AccessRule, Demand>;
type Calling = Principal | undefined;

/** What routes, and permissions that are used there, demand of a session's second factor. */
@Injectable()
export class TwoFactorRules {
  constructor(
    private readonly marks: TwoFactorMarks,
    private readonly permissions: PermissionsService,
    private readonly proofs: TwoFactorProofs,
    private readonly admission: TwoFactorAdmission,
  ) {}

  /** Before anything else is asked of who is signed in. @throws TwoFactorRequired, TwoFactorEnrollmentRequired */
  admit(principal: Principal): void | Promise<void> {
    return this.admission.admit(principal);
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
