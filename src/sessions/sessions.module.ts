import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AuditModule } from '../audit/audit.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { RedisModule } from '../database/redis/redis.module.js';
import { MailModule } from '../mail/mail.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokensService } from './access-tokens.service.js';
import { CsrfController } from './csrf.controller.js';
import { CsrfService } from './csrf.service.js';
import { JwksController } from './jwks.controller.js';
import { LastSeenService } from './last-seen.service.js';
import { LiveSessionsService } from './live-sessions.service.js';
import { LogoutController } from './logout.controller.js';
import { LogoutService } from './logout.service.js';
import { RefreshGarbage } from './refresh-garbage.service.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { RefreshController } from './refresh.controller.js';
import { SessionChronicle } from './session-chronicle.service.js';
import { SessionCookiesService } from './session-cookies.service.js';
import { SessionDataService } from './session-data.service.js';
import { SessionListService } from './session-list.service.js';
import { SessionReaderService } from './session-reader.service.js';
import { SessionSweepService } from './session-sweep.service.js';
import { SessionsService } from './sessions.service.js';
import { SharedSessionsService } from './shared-sessions.service.js';
import { SignInCsrfService } from './sign-in-csrf.service.js';
import { SigningKeyRotationService } from './signing-key-rotation.service.js';
import { SigningKeysService } from './signing-keys.service.js';
import { TokenPairsService } from './token-pairs.service.js';
import { UsedRefreshTokensService } from './used-refresh-tokens.service.js';

const forOtherRooms = [
  AccessTokensService,
  CsrfService,
  LastSeenService,
  LiveSessionsService,
  SessionCookiesService,
  SessionDataService,
  SessionListService,
  SessionsService,
  SignInCsrfService,
  SigningKeysService,
  TokenPairsService,
];

@Module({
  imports: [
    JwtModule.register({}),
    AuditModule,
    NewsModule,
    RedisModule,
    MailModule,
    RateLimitsModule,
    UsersModule,
  ],
  controllers: [CsrfController, JwksController, LogoutController, RefreshController],
  providers: [
    ...forOtherRooms,
    SessionChronicle,
    SessionReaderService,
    SharedSessionsService,
    SigningKeyRotationService,
    LogoutService,
    RefreshTokensService,
    RefreshGarbage,
    SessionSweepService,
    UsedRefreshTokensService,
  ],
  exports: forOtherRooms,
})
export class SessionsModule {}
