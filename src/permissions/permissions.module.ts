import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthorityService } from './authority.service.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { HoldingsReaderService } from './holding/holdings-reader.service.js';
import { HoldingsService } from './holding/holdings.service.js';
import { ObjectGrantsService } from './holding/object-grants.service.js';
import { RightsSweepService } from './holding/rights-sweep.service.js';
import { RightsService } from './holding/rights.service.js';
import { PermissionsService } from './permissions.service.js';
import { VisibleService } from './visible.service.js';

const forOtherRooms = [PermissionsService, RightsService, AuthorityService, CatalogueService];

@Module({
  imports: [AuditModule, NewsModule, UsersModule],
  providers: [
    ...forOtherRooms,
    HoldingsReaderService,
    HoldingsService,
    ObjectGrantsService,
    RightsSweepService,
    VisibleService,
  ],
  exports: forOtherRooms,
})
export class PermissionsModule {}
