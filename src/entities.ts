import { OneTimeToken } from './account/proof/one-time-token.entity.js';
import { ApiKeyScope } from './api-keys/api-key-scope.entity.js';
import { ApiKeyUse } from './api-keys/api-key-use.entity.js';
import { ApiKeyRow } from './api-keys/api-key.entity.js';
import { ApiKeyPepper } from './api-keys/pepper.entity.js';
import { AuditHead, AuditRetiredRun } from './audit/audit-chain.entity.js';
import { AuditEvent } from './audit/audit-event.entity.js';
import { AuditKey } from './audit/audit-key.entity.js';
import { Product } from './catalog/products/product.entity.js';
import { Review } from './catalog/reviews/review.entity.js';
import { KnownDevice } from './login/known-device.entity.js';
import { LoginChallenge } from './login/login-challenge.entity.js';
import { MailBudget } from './mail/mail-budget.entity.js';
import { QueuedMail } from './mail/queued-mail.entity.js';
import { Permission } from './permissions/catalogue/permission.entity.js';
import { GroupInclusion } from './permissions/holding/group-inclusion.entity.js';
import { GroupMember } from './permissions/holding/group-member.entity.js';
import { GroupPermission } from './permissions/holding/group-permission.entity.js';
import { Group } from './permissions/holding/group.entity.js';
import { ObjectPermission } from './permissions/holding/object-permission.entity.js';
import { UserPermission } from './permissions/holding/user-permission.entity.js';
import { GuessCount } from './rate-limits/guess-count.entity.js';
import { RateCounter } from './rate-limits/rate-counter.entity.js';
import { ServiceAccount } from './service-accounts/service-account.entity.js';
import { Session } from './sessions/session.entity.js';
import { SigningKey } from './sessions/signing-key.entity.js';
import { SocialAccount } from './social/accounts/social-account.entity.js';
import { SocialCode } from './social/flow/social-code.entity.js';
import { SocialFlow } from './social/flow/social-flow.entity.js';
import { UsedIdToken } from './social/flow/used-id-token.entity.js';
import { SocialProviderRow } from './social/providers/social-provider.entity.js';
import { SocialTokens } from './social/tokens/social-tokens.entity.js';
import { PasskeyChallenge } from './two-factor/passkeys/passkey-challenge.entity.js';
import { Passkey } from './two-factor/passkeys/passkey.entity.js';
import { RecoveryCode } from './two-factor/recovery-codes/recovery-code.entity.js';
import { TotpEnrollment } from './two-factor/totp/totp-enrollment.entity.js';
import { TotpFactor } from './two-factor/totp/totp-factor.entity.js';
import { TwoFactorReset } from './two-factor/two-factor-reset.entity.js';
import { User } from './users/user.entity.js';

/** Every table. A team adds the entities of its own modules here. */
export const entities = [
  User,
  Session,
  SigningKey,
  OneTimeToken,
  QueuedMail,
  MailBudget,
  RateCounter,
  GuessCount,
  AuditEvent,
  AuditKey,
  AuditHead,
  AuditRetiredRun,
  KnownDevice,
  LoginChallenge,
  TotpFactor,
  TotpEnrollment,
  RecoveryCode,
  Passkey,
  PasskeyChallenge,
  TwoFactorReset,
  Permission,
  Group,
  GroupMember,
  GroupInclusion,
  GroupPermission,
  UserPermission,
  ObjectPermission,
  ServiceAccount,
  ApiKeyPepper,
  ApiKeyRow,
  ApiKeyScope,
  ApiKeyUse,
  SocialProviderRow,
  SocialAccount,
  SocialTokens,
  SocialFlow,
  SocialCode,
  UsedIdToken,
  Product,
  Review,
];
