import { Module } from '@nestjs/common';
import { AuditCaretakerService } from './audit-caretaker.service.js';
import { AuditErasureService } from './audit-erasure.service.js';
import { AuditKeysService } from './audit-keys.service.js';
import { AuditListService } from './audit-list.service.js';
import { AuditNotesService } from './audit-notes.service.js';
import { AuditPartitionsService } from './audit-partitions.service.js';
import { AuditRetentionService } from './audit-retention.service.js';
import { AuditSealerService } from './audit-sealer.service.js';
import { AuditVerificationService } from './audit-verification.service.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';

@Module({
  controllers: [AuditController],
  providers: [
    AuditService,
    AuditKeysService,
    AuditNotesService,
    AuditSealerService,
    AuditErasureService,
    AuditVerificationService,
    AuditListService,
    AuditPartitionsService,
    AuditRetentionService,
    AuditCaretakerService,
  ],
  exports: [AuditService, AuditErasureService, AuditListService, AuditVerificationService],
})
export class AuditModule {}
