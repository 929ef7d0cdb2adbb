import { Module } from '@nestjs/common';
import { PermissionsModule } from '../../permissions/permissions.module.js';
import { PermissionsController } from './permissions.controller.js';

@Module({ imports: [PermissionsModule], controllers: [PermissionsController] })
export class CatalogueModule {}
