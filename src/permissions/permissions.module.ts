import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { NewsModule } from '../database/news/news.module.js';
import { UsersModule } from '../users/users.module.js';
import { DecisionsService } from './asking/decisions.service.js';
import { ExplanationService } from './asking/explanation.service.js';
import { FactsReaderService } from './asking/facts-reader.service.js';
import { ObjectsService } from './asking/objects.service.js';
import { OwnDecisionsService } from './asking/own-decisions.service.js';
import { SubjectsService } from './asking/subjects.service.js';
import { AppliedChangeService } from './asking/what-if/applied-change.service.js';
import { MovedObjectsService } from './asking/what-if/moved-objects.service.js';
import { StandingService } from './asking/what-if/standing.service.js';
import { WhatIfService } from './asking/what-if/what-if.service.js';
import { AuthorityService } from './authority.service.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { StalePermissionsService } from './catalogue/stale-permissions.service.js';
import { TwoFactorDemands } from './demands/two-factor-demands.service.js';
import { TwoFactorMarks } from './demands/two-factor-marks.service.js';
import { GroupGrantsService } from './group-grants.service.js';
import { FactsService } from './holding/facts.service.js';
import { GrantsListService } from './holding/grants-list.service.js';
import { GroupsService } from './holding/groups.service.js';
import { HoldingsReaderService } from './holding/holdings-reader.service.js';
import { HoldingsService } from './holding/holdings.service.js';
import { MembershipsService } from './holding/memberships.service.js';
import { ObjectGrantsService } from './holding/object-grants.service.js';
import { RightsSweepService } from './holding/rights-sweep.service.js';
import { RightsService } from './holding/rights.service.js';
import { SourcesService } from './holding/sources.service.js';
import { PermissionsService } from './permissions.service.js';
import { VisibleService } from './visible.service.js';

const forAsking = [
  DecisionsService,
  OwnDecisionsService,
  ExplanationService,
  SubjectsService,
  ObjectsService,
  WhatIfService,
];
const forOtherRooms = [
  PermissionsService,
  RightsService,
  AuthorityService,
  CatalogueService,
  ...forAsking,
  FactsService,
  GrantsListService,
  StalePermissionsService,
  GroupsService,
  SourcesService,
  MembershipsService,
  TwoFactorDemands,
  TwoFactorMarks,
];

@Module({
  imports: [AuditModule, NewsModule, UsersModule],
  providers: [
    ...forOtherRooms,
    AppliedChangeService,
    FactsReaderService,
    MovedObjectsService,
    StandingService,
    HoldingsReaderService,
    HoldingsService,
    GroupGrantsService,
    ObjectGrantsService,
    RightsSweepService,
    VisibleService,
  ],
  exports: forOtherRooms,
})
export class PermissionsModule {}
