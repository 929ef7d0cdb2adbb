import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { MailModule } from '../mail/mail.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyProofs } from './api-key-proofs.service.js';
import { ApiKeyReaderService } from './api-key-reader.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { LiveApiKeysService } from './live-api-keys.service.js';
import { PeppersService } from './peppers.service.js';

const forOtherRooms = [ApiKeysService, ApiKeyProofs, LiveApiKeysService];

@Module({
  imports: [AuditModule, NewsModule, MailModule, RateLimitsModule, UsersModule],
  providers: [...forOtherRooms, ApiKeyReaderService, PeppersService],
  exports: forOtherRooms,
})
export class ApiKeysModule {}
