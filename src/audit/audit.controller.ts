import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LoginRequired, RequirePermission } from '../access/access.decorators.js';
import { definePermissions } from '../access/permission-name.js';
import { CurrentPrincipal, type Principal } from '../access/principal.js';
import { PageQuery } from '../common/paging.js';
import { AuditListService } from './audit-list.service.js';
import {
  AuditEventDto,
  AuditEventPageDto,
  AuditQuery,
  SecurityEventDto,
  SecurityEventPageDto,
} from './audit.dto.js';

export const auditEvents = definePermissions('audit', 'audit_event');

@ApiTags('Audit')
@Controller('v1')
export class AuditController {
  constructor(private readonly list: AuditListService) {}

  @Get('audit-events')
  @RequirePermission(auditEvents.view)
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'Who did what to whom, from where, with which outcome',
    description:
      'Needs the permission `audit.view_audit_event`. Failed attempts arrive a moment after they were made.',
  })
  @ApiOkResponse({ description: 'The events.', type: AuditEventPageDto })
  async all(@Query() query: AuditQuery): Promise<AuditEventPageDto> {
    const { items, nextCursor } = await this.list.find(query, query);
    return { items: items.map(AuditEventDto.of), nextCursor };
  }

  @Get('users/me/security-events')
  @LoginRequired()
  @ApiOperation({
    operationId: 'listMySecurityEvents',
    summary: 'What happened to my account?',
    description:
      'Sign-ins and attempts, and every change of credentials and state. Failed attempts arrive a moment after they were made.',
  })
  @ApiOkResponse({ description: 'The events.', type: SecurityEventPageDto })
  async mine(
    @CurrentPrincipal() { user }: Principal,
    @Query() page: PageQuery,
  ): Promise<SecurityEventPageDto> {
    const { items, nextCursor } = await this.list.find({ subjectId: user.id }, page);
    return { items: items.map(SecurityEventDto.of), nextCursor };
  }
}
