import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { UsersModule } from '../users/users.module.js';
import { AccessTokensService } from './access-tokens.service.js';
import { JwksController } from './jwks.controller.js';
import { SessionsService } from './sessions.service.js';
import { SigningKeysService } from './signing-keys.service.js';

@Module({
  imports: [JwtModule.register({}), UsersModule],
  controllers: [JwksController],
  providers: [SessionsService, SigningKeysService, AccessTokensService],
  exports: [SessionsService, SigningKeysService, AccessTokensService],
})
export class SessionsModule {}
