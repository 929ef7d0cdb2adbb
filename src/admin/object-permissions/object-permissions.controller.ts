import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.decorators.js';
import type { AuthenticatedRequest } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound } from '../../common/failures.js';
import { IdPipe } from '../../common/id.pipe.js';
import { ListPipe } from '../../common/validation.js';
import { objectPermissionPermissions } from '../../permissions/holding/object-permission.entity.js';
import { BeyondOwnRights, SubjectInactive } from '../../permissions/permissions.errors.js';
import { errandOf } from '../errand.js';
import { GrantRequests } from './grant-requests.service.js';
import { GrantsOffice } from './grants-office.service.js';
import {
  GrantDto,
  NewGrantDto,
  ObjectPermissionDto,
  ObjectPermissionListDto,
  ObjectPermissionPageDto,
  ObjectPermissionQuery,
} from './object-permission.dto.js';

const { view, add, delete: revoke } = objectPermissionPermissions;

/** As many grants as one request may make. */
const MOST = 100;

@ApiTags('Permissions')
@Controller('v1/object-permissions')
export class ObjectPermissionsController {
  constructor(
    private readonly requests: GrantRequests,
    private readonly office: GrantsOffice,
  ) {}

  @Get()
  @RequirePermission(view)
  @ApiOperation({
    operationId: 'listObjectPermissions',
    summary: 'What was granted on single objects',
    description:
      'To a user (`userId`) or a group (`groupId`), or on an object (`objectId`): one of them, at least, must be given.',
  })
  @ApiOkResponse({ description: 'The grants.', type: ObjectPermissionPageDto })
  async list(@Query() query: ObjectPermissionQuery): Promise<ObjectPermissionPageDto> {
    const { items, nextCursor } = await this.requests.page(query);
    return { items: items.map(ObjectPermissionDto.of), nextCursor };
  }

  @Post()
  @RequirePermission(add)
  @ApiOperation({
    operationId: 'grantObjectPermission',
    summary: 'Grant a permission on one object',
    description:
      'Needs `permissions.add_object_permission`, that very permission on the object, and to view the user or the group. Doing it again changes the expiry.',
  })
  @ApiCreatedResponse({ description: 'Granted.', type: ObjectPermissionDto })
  @Fails(NotFound, SubjectInactive, BeyondOwnRights)
  async grant(
    @Req() request: AuthenticatedRequest,
    @Body() body: NewGrantDto,
  ): Promise<ObjectPermissionDto> {
    const errand = errandOf(request);
    const wanted = await this.requests.wanted(errand.asker, body);
    const [granted] = await this.office.grant(errand, [wanted]);
    if (granted === undefined) throw new NotFound();
    return ObjectPermissionDto.of(granted);
  }

  @Post('bulk')
  @RequirePermission(add)
  @ApiOperation({
    operationId: 'grantObjectPermissions',
    summary: 'Grant many at once',
    description: `As \`POST /v1/object-permissions\`, up to ${String(MOST)}: all of them, or none.`,
  })
  @ApiBody({ type: [NewGrantDto] })
  @ApiCreatedResponse({ description: 'Granted.', type: ObjectPermissionListDto })
  @Fails(NotFound, SubjectInactive, BeyondOwnRights)
  async grantMany(
    @Req() request: AuthenticatedRequest,
    @Body(new ListPipe(NewGrantDto, MOST)) bodies: NewGrantDto[],
  ): Promise<ObjectPermissionListDto> {
    const errand = errandOf(request);
    const wanted = await this.requests.allWanted(errand.asker, bodies);
    const granted = await this.office.grant(errand, wanted);
    return { items: granted.map(ObjectPermissionDto.of) };
  }

  @Delete()
  @HttpCode(204)
  @RequirePermission(revoke)
  @ApiOperation({
    operationId: 'revokeObjectPermission',
    summary: 'Take back what was granted on one object',
    description:
      'Named as it was granted, in the body. Needs `permissions.delete_object_permission`, that very permission on the object, and that the user does not stand above you.',
  })
  @ApiNoContentResponse({ description: 'Taken back.' })
  @Fails(NotFound, BeyondOwnRights)
  async revoke(@Req() request: AuthenticatedRequest, @Body() body: GrantDto): Promise<void> {
    await this.office.revoke(errandOf(request), this.requests.named(body));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission(revoke)
  @ApiOperation({
    operationId: 'revokeObjectPermissionById',
    summary: 'Take back a grant by its id',
    description: 'As `DELETE /v1/object-permissions`, for callers who have a list before them.',
  })
  @ApiNoContentResponse({ description: 'Taken back.' })
  @Fails(NotFound, BeyondOwnRights)
  async revokeById(
    @Req() request: AuthenticatedRequest,
    @Param('id', IdPipe) id: string,
  ): Promise<void> {
    await this.office.revoke(errandOf(request), { id });
  }
}
