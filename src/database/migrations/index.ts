import { Foundation1795381662100 } from './1795381662100-Foundation.js';
import { SessionsAndTokens1795393000000 } from './1795393000000-SessionsAndTokens.js';
import { KeyRotation1795393600000 } from './1795393600000-KeyRotation.js';
import { OneTimePurposes1795550000000 } from './1795550000000-OneTimePurposes.js';
import { RateLimits1795600000000 } from './1795600000000-RateLimits.js';
import { KnownDevices1795600100000 } from './1795600100000-KnownDevices.js';
import { Audit1795700000000 } from './1795700000000-Audit.js';
import { Leaving1795700100000 } from './1795700100000-Leaving.js';
import { Locale1795800000000 } from './1795800000000-Locale.js';
import { MailLimits1795800001000 } from './1795800001000-MailLimits.js';
import { VoidLinks1795900000000 } from './1795900000000-VoidLinks.js';
import { DetachFromUser1795950000000 } from './1795950000000-DetachFromUser.js';
import { OneTimeCodes1795950100000 } from './1795950100000-OneTimeCodes.js';
import { Permissions1796000000000 } from './1796000000000-Permissions.js';
import { UsersOffice1796100000000 } from './1796100000000-UsersOffice.js';
import { ListsOfGrants1796200000000 } from './1796200000000-ListsOfGrants.js';
import { Catalog1796400000000 } from './1796400000000-Catalog.js';
import { GrantsOnObjects1796500000000 } from './1796500000000-GrantsOnObjects.js';
import { TwoFactor1797000000000 } from './1797000000000-TwoFactor.js';
import { TwoFactorDemands1797110000000 } from './1797110000000-TwoFactorDemands.js';
import { EndsOfTrustAndResets1797130000000 } from './1797130000000-EndsOfTrustAndResets.js';
import { ApiKeys1798000000000 } from './1798000000000-ApiKeys.js';
import { Social1799000000000 } from './1799000000000-Social.js';
import { ProviderTokens1799100000000 } from './1799100000000-ProviderTokens.js';
import { LinksOfSessions1799200000000 } from './1799200000000-LinksOfSessions.js';

export const migrations = [
  Foundation1795381662100,
  SessionsAndTokens1795393000000,
  KeyRotation1795393600000,
  OneTimePurposes1795550000000,
  RateLimits1795600000000,
  KnownDevices1795600100000,
  Audit1795700000000,
  Leaving1795700100000,
  Locale1795800000000,
  MailLimits1795800001000,
  VoidLinks1795900000000,
  DetachFromUser1795950000000,
  OneTimeCodes1795950100000,
  Permissions1796000000000,
  UsersOffice1796100000000,
  ListsOfGrants1796200000000,
  Catalog1796400000000,
  GrantsOnObjects1796500000000,
  TwoFactor1797000000000,
  TwoFactorDemands1797110000000,
  EndsOfTrustAndResets1797130000000,
  ApiKeys1798000000000,
  Social1799000000000,
  ProviderTokens1799100000000,
  LinksOfSessions1799200000000,
];
