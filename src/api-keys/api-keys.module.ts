import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { MailModule } from '../mail/mail.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyOffice } from './api-key-office.service.js';
import { ApiKeyProofs } from './api-key-proofs.service.js';
import { ApiKeyReaderService } from './api-key-reader.service.js';
import { ApiKeyRecords } from './api-key-records.service.js';
import { ApiKeyScopes } from './api-key-scopes.service.js';
import { ApiKeySweepService } from './api-key-sweep.service.js';
import { ApiKeyUsesService } from './api-key-uses.service.js';
import { ApiKeyViews } from './api-key-views.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { DueWarnings } from './due-warnings.service.js';
import { LiveApiKeysService } from './live-api-keys.service.js';
import { PeppersService } from './peppers.service.js';

const forOtherRooms = [
  ApiKeyOffice,
  ApiKeyProofs,
  ApiKeyRecords,
  ApiKeysService,
  ApiKeyUsesService,
  ApiKeyViews,
  DueWarnings,
  LiveApiKeysService,
];

@Module({
  imports: [AuditModule, NewsModule, MailModule, RateLimitsModule, UsersModule],
  providers: [
    ...forOtherRooms,
    ApiKeySweepService,
    ApiKeyReaderService,
    ApiKeyScopes,
    PeppersService,
  ],
  exports: forOtherRooms,
})
export class ApiKeysModule {}
