import { Module } from '@nestjs/common';
import { ServiceAccountsModule } from '../../service-accounts/service-accounts.module.js';

/** Principals for servers. */
@Module({ imports: [ServiceAccountsModule] })
export class ServiceAccountsOfficeModule {}
