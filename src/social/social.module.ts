import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { LoginModule } from '../login/login.module.js';
import { MailModule } from '../mail/mail.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { LinksService } from './accounts/links.service.js';
import { OtherWaysIn } from './accounts/other-ways-in.service.js';
import { SocialAccountsController } from './accounts/social-accounts.controller.js';
import { SocialAccountsService } from './accounts/social-accounts.service.js';
import { SocialFollowUp } from './accounts/social-follow-up.service.js';
import { UnlinkingService } from './accounts/unlinking.service.js';
import { ArrivalParts } from './arrival-parts.service.js';
import { ArrivalService } from './arrival.service.js';
import { BrowserCookie } from './flow/browser-cookie.service.js';
import { CodesService } from './flow/codes.service.js';
import { DeparturesService } from './flow/departures.service.js';
import { FlowsService } from './flow/flows.service.js';
import { ProviderLog } from './office/provider-log.service.js';
import { ProvidersOffice } from './office/providers-office.service.js';
import { ProvidersController } from './office/providers.controller.js';
import { ProvidersService } from './providers/providers.service.js';
import { SocialLoginController } from './social-login.controller.js';
import { SocialLoginService } from './social-login.service.js';
import { SocialSweepService } from './social-sweep.service.js';
import { SocialTokensService } from './tokens/social-tokens.service.js';
import { TokenRefreshes } from './tokens/token-refreshes.service.js';
import { TokenStore } from './tokens/token-store.service.js';
import { UnwantedTokens } from './tokens/unwanted-tokens.service.js';
import { WayEnds } from './way-ends.service.js';

/** Other people's sign-ins. */
@Module({
  imports: [
    AuditModule,
    AuthModule,
    LoginModule,
    MailModule,
    NewsModule,
    RateLimitsModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [SocialLoginController, SocialAccountsController, ProvidersController],
  providers: [
    ProvidersService,
    FlowsService,
    CodesService,
    BrowserCookie,
    DeparturesService,
    SocialAccountsService,
    SocialFollowUp,
    LinksService,
    UnlinkingService,
    OtherWaysIn,
    ArrivalService,
    ArrivalParts,
    SocialLoginService,
    WayEnds,
    SocialSweepService,
    ProvidersOffice,
    ProviderLog,
    TokenStore,
    TokenRefreshes,
    UnwantedTokens,
    SocialTokensService,
  ],
  exports: [SocialTokensService],
})
export class SocialModule {}
