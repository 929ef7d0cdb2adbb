import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { RequirePermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { concernedBy } from '../../permissions/asking/what-if/change.js';
import { WhatIfService } from '../../permissions/asking/what-if/what-if.service.js';
import { objectPermissionPermissions } from '../../permissions/holding/object-permission.entity.js';
import {
  AnonymousGroupFixed,
  GroupsInCircle,
  TooMuchToTry,
} from '../../permissions/permissions.errors.js';
import { LastSuperuser, NotAPerson } from '../../users/users.errors.js';
import { InquiriesService } from './inquiries.service.js';
import { changeOf, EffectDto, WhatIfDto } from './what-if.dto.js';

@ApiTags('Authorization')
@Controller('v1/authorization/what-if')
export class WhatIfController {
  constructor(
    private readonly inquiries: InquiriesService,
    private readonly whatIf: WhatIfService,
  ) {}

  @Post()
  @HttpCode(200)
  @RequirePermission(objectPermissionPermissions.view)
  @ApiOperation({
    operationId: 'tryChangeOfRights',
    summary: 'What would this change take and give?',
    description:
      'Makes the change and takes it back: nothing changes, and nobody is told. Needs `permissions.view_object_permission`, and that one may view everybody whom the change names.',
  })
  @ApiOkResponse({ description: 'What it would do.', type: EffectDto })
  @Fails(NotFound, GroupsInCircle, LastSuperuser, NotAPerson, AnonymousGroupFixed, TooMuchToTry)
  async tryOut(
    @CurrentPrincipal() asker: Principal,
    @Body() body: WhatIfDto,
    @Req() request: FastifyRequest,
  ): Promise<EffectDto> {
    const change = changeOf(body);
    await this.inquiries.mayTryOn(asker, concernedBy(change), callerOf(request));
    return this.whatIf.effectOf(change);
  }
}
