import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../../api-keys/api-keys.module.js';
import { AuditModule } from '../../audit/audit.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { RateLimitsModule } from '../../rate-limits/rate-limits.module.js';
import { ServiceAccountsModule } from '../../service-accounts/service-accounts.module.js';
import { KeySelfController } from './key-self.controller.js';
import { KeySelf } from './key-self.service.js';
import { LeakNews } from './leak-news.service.js';
import { LeakedKeysController } from './leaked-keys.controller.js';
import { LeakedKeys } from './leaked-keys.service.js';

/** What whoever holds a key may do, without being signed in. */
@Module({
  imports: [ApiKeysModule, AuditModule, MailModule, RateLimitsModule, ServiceAccountsModule],
  controllers: [KeySelfController, LeakedKeysController],
  providers: [KeySelf, LeakedKeys, LeakNews],
})
export class KeyHoldersModule {}
