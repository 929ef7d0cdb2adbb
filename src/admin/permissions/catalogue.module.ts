import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { PermissionsModule } from '../../permissions/permissions.module.js';
import { PermissionMarks } from './permission-marks.service.js';
import { PermissionsController } from './permissions.controller.js';

@Module({
  imports: [AuditModule, PermissionsModule],
  controllers: [PermissionsController],
  providers: [PermissionMarks],
})
export class CatalogueModule {}
