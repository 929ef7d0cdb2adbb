import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { JwtGuard } from './jwt.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { RouteTable } from './route-table.js';

@Module({
  imports: [SessionsModule, DiscoveryModule],
  providers: [AuthenticationGuard, JwtGuard, JwtStrategy, RouteTable],
  exports: [AuthenticationGuard, RouteTable],
})
export class AuthModule {}
