import { type DynamicModule, Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { ExportController } from './export.controller.js';
import { EXPORTED_TABLES, ExportService } from './export.service.js';
import type { ExportedTable } from './exported-table.js';

@Module({})
export class ExportModule {
  static of(tables: readonly ExportedTable[]): DynamicModule {
    return {
      module: ExportModule,
      imports: [AuditModule],
      controllers: [ExportController],
      providers: [{ provide: EXPORTED_TABLES, useValue: tables }, ExportService],
    };
  }
}
