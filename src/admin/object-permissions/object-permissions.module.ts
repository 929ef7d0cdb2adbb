import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { PermissionsModule } from '../../permissions/permissions.module.js';
import { GroupsOfficeModule } from '../groups/groups-office.module.js';
import { GrantDesk } from './grant-desk.service.js';
import { GrantRequests } from './grant-requests.service.js';
import { GrantsOffice } from './grants-office.service.js';
import { GuardedObjects } from './guarded-objects.service.js';
import { ObjectPermissionsController } from './object-permissions.controller.js';

@Module({
  imports: [AuditModule, PermissionsModule, GroupsOfficeModule],
  controllers: [ObjectPermissionsController],
  providers: [GuardedObjects, GrantRequests, GrantDesk, GrantsOffice],
})
export class ObjectPermissionsModule {}
