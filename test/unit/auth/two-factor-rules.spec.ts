import type { AccessRule } from '../../../src/access/access-rule.js';
import type { Principal } from '../../../src/access/principal.js';
import { RecentProofService } from '../../../src/auth/recent-proof.service.js';
import { TwoFactorAdmission } from '../../../src/auth/two-factor-admission.service.js';
import { TwoFactorProofs } from '../../../src/auth/two-factor-proofs.service.js';
import { TwoFactorRules } from '../../../src/auth/two-factor-rules.service.js';
import { Clock } from '../../../src/common/clock.js';
import type { Failure } from '../../../src/common/failure.js';
import { readSettings } from '../../../src/config/settings.js';
import type { TwoFactorDemands } from '../../../src/permissions/demands/two-factor-demands.service.js';
import type { TwoFactorMarks } from '../../../src/permissions/demands/two-factor-marks.service.js';
import type { PermissionsService } from '../../../src/permissions/permissions.service.js';
import type { SecondFactorsService } from '../../../src/two-factor/second-factors.service.js';
import type { TwoFactorDueService } from '../../../src/users/two-factor-due.service.js';

const MARKED = 'catalog.change_product';
const key: Principal = {
  user: { id: 'ann', isStaff: true, isSuperuser: true },
  via: 'api-key',
  methods: [],
};

/** Everybody must have a second factor, and nobody has one. */
function rules(): TwoFactorRules {
  const demands = {
    peek: () => true,
    find: () => Promise.resolve(true),
  } as unknown as TwoFactorDemands;
  const marks = { groups: new Set(), permissions: new Set([MARKED]) };
  const remembered = {
    peek: () => marks,
    find: () => Promise.resolve(marks),
  } as unknown as TwoFactorMarks;
  const permissions = { allowsAny: () => Promise.resolve(false) } as unknown as PermissionsService;
  const factors = { methodsOf: () => Promise.resolve([]) } as unknown as SecondFactorsService;
  const clock = new Clock();
  const recent = new RecentProofService(factors, readSettings({}), clock);
  const proofs = new TwoFactorProofs(factors, recent);
  const due = { of: () => Promise.resolve(new Date(0)) } as unknown as TwoFactorDueService;
  const admission = new TwoFactorAdmission(demands, due, proofs, clock);
  return new TwoFactorRules(remembered, permissions, proofs, admission);
}

const codeOf = async (work: () => void | Promise<void>): Promise<string | undefined> => {
  try {
    await work();
    return undefined;
  } catch (error) {
    return (error as Failure).spec.code;
  }
};

describe('An API key', () => {
  const marked: AccessRule = { kind: 'permission', permissions: [MARKED] };
  const other: AccessRule = { kind: 'permission', permissions: ['catalog.view_product'] };

  it('is not asked for the second factor that its owner must have', async () => {
    expect(await codeOf(() => rules().admit(key))).toBeUndefined();
    expect(await codeOf(() => rules().admit({ ...key, via: 'jwt' }))).toBe(
      'two_factor_enrollment_required',
    );
  });

  it.each<[AccessRule, string | undefined]>([
    [other, undefined],
    [marked, 'two_factor_required'],
    [{ ...other, twoFactor: {} }, 'two_factor_required'],
    [{ ...other, twoFactor: { recent: true } }, 'two_factor_required'],
    [{ ...other, twoFactor: { apiKeys: true } }, undefined],
    [{ ...marked, twoFactor: { apiKeys: true } }, undefined],
    [{ ...marked, twoFactor: { apiKeys: false } }, 'two_factor_required'],
  ])('under %j: %s', async (rule, code) => {
    expect(await codeOf(() => rules().enforce(rule, key))).toBe(code);
  });
});
