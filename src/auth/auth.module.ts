import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessRulesService } from './access-rules.service.js';
import { ApiKeyAdmission } from './api-key-admission.service.js';
import { ApiKeyCredential } from './api-key.credential.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { CookieCredential } from './cookie.credential.js';
import { JwtCredential } from './jwt.credential.js';
import { JwtGuard } from './jwt.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { MessageHandlers } from './message-handlers.js';
import { ProvenTokens } from './proven-tokens.js';
import { RecentProofService } from './recent-proof.service.js';
import { RouteTable } from './route-table.js';
import { TwoFactorAdmission } from './two-factor-admission.service.js';
import { TwoFactorProofs } from './two-factor-proofs.service.js';
import { TwoFactorRules } from './two-factor-rules.service.js';

@Module({
  imports: [
    AuditModule,
    SessionsModule,
    ApiKeysModule,
    RateLimitsModule,
    PermissionsModule,
    TwoFactorModule,
    UsersModule,
    NewsModule,
    DiscoveryModule,
  ],
  providers: [
    AuthenticationGuard,
    AccessRulesService,
    ApiKeyAdmission,
    ApiKeyCredential,
    JwtCredential,
    JwtGuard,
    JwtStrategy,
    ProvenTokens,
    CookieCredential,
    MessageHandlers,
    RecentProofService,
    RouteTable,
    TwoFactorAdmission,
    TwoFactorProofs,
    TwoFactorRules,
  ],
  exports: [AuthenticationGuard, MessageHandlers, RecentProofService, RouteTable, TwoFactorProofs],
})
export class AuthModule {}
