import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { LoginRequired, RequirePermission } from '../../access/access.decorators.js';
import { known } from '../../access/permission-name.js';
import { CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Fails } from '../../common/api-docs.js';
import { NotFound, PermissionDenied } from '../../common/failures.js';
import { callerOf } from '../../common/http/caller.js';
import { ListPipe } from '../../common/validation.js';
import { ExplanationService } from '../../permissions/asking/explanation.service.js';
import { ObjectsService } from '../../permissions/asking/objects.service.js';
import { questionOf } from '../../permissions/asking/question.js';
import { SubjectsService } from '../../permissions/asking/subjects.service.js';
import { objectPermissionPermissions } from '../../permissions/holding/object-permission.entity.js';
import { userPermissions } from '../../users/users.permissions.js';
import {
  AbleUserPageDto,
  DecisionsDto,
  HeldObjectPageDto,
  MOST_QUESTIONS,
  ObjectsQuestionDto,
  QuestionDto,
  SubjectsQuestionDto,
} from './authorization.dto.js';
import { ChecksService } from './checks.service.js';
import { ExplanationDto } from './explanation.dto.js';
import { InquiriesService, isSelf, subjectOf } from './inquiries.service.js';

@ApiTags('Authorization')
@LoginRequired({ apiKeys: true })
@Controller('v1/authorization')
export class AuthorizationController {
  constructor(
    private readonly checks: ChecksService,
    private readonly inquiries: InquiriesService,
    private readonly explanations: ExplanationService,
    private readonly subjects: SubjectsService,
    private readonly objects: ObjectsService,
  ) {}

  @Post('check')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'checkAuthorization',
    summary: 'Who may do what? Up to 100 questions at once',
    description:
      'Everybody may ask about herself, and an API key what it may do; about others, who holds `permissions.view_object_permission` and may view them. That something is allowed on an object does not say that there is such an object.',
  })
  @ApiBody({ type: [QuestionDto] })
  @ApiOkResponse({ description: 'The answers.', type: DecisionsDto })
  @Fails(PermissionDenied)
  async check(
    @CurrentPrincipal() asker: Principal,
    @Body(new ListPipe(QuestionDto, MOST_QUESTIONS)) asked: QuestionDto[],
    @Req() request: FastifyRequest,
  ): Promise<DecisionsDto> {
    const allowed = await this.checks.check(asker, asked, callerOf(request));
    return { decisions: allowed.map((allowed) => ({ allowed })) };
  }

  @Post('explain')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'explainAuthorization',
    summary: 'Why may they do this, or what is missing?',
    description:
      'The facts as they are in the database. Groups are named that the caller is in or may view. Who may ask about whom is as in `check`.',
  })
  @ApiOkResponse({ description: 'The answer, and why.', type: ExplanationDto })
  @Fails(PermissionDenied, NotFound)
  async explain(
    @CurrentPrincipal() asker: Principal,
    @Body() asked: QuestionDto,
    @Req() request: FastifyRequest,
  ): Promise<ExplanationDto> {
    const question = questionOf(asked);
    const subject = subjectOf(asker, asked.subject);
    await this.inquiries.mayAskAbout(asker, [subject], callerOf(request));
    const explanation = await this.explanations.explain(asker, { ...question, subject });
    if (explanation === undefined) throw new NotFound();
    return ExplanationDto.of(explanation, {
      permission: question.permission,
      object: asked.object && `${asked.object.type} ${asked.object.id}`,
      toHerself: isSelf(asker, subject),
    });
  }

  @Post('subjects')
  @HttpCode(200)
  @RequirePermission([objectPermissionPermissions.view, userPermissions.view])
  @ApiOperation({
    operationId: 'listAuthorizedSubjects',
    summary: 'Who may do this?',
    description:
      'Needs `permissions.view_object_permission` and `users.view_user`. Superusers, who holds it, and who is in a group that does.',
  })
  @ApiOkResponse({ description: 'The users.', type: AbleUserPageDto })
  async listSubjects(@Body() asked: SubjectsQuestionDto): Promise<AbleUserPageDto> {
    const question = questionOf(asked);
    const { items, nextCursor } = await this.subjects.page(question, asked);
    return {
      items: items.map(({ id, email, name }) => ({ type: 'user', id, email, name })),
      nextCursor,
      everybody: await this.subjects.everybody(question),
    };
  }

  @Post('objects')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'listAuthorizedObjects',
    summary: 'On which objects may they do this?',
    description:
      'Who holds it on the kind holds it on every object; of these, those are listed that the caller may view. Who may ask about whom is as in `check`.',
  })
  @ApiOkResponse({ description: 'The objects.', type: HeldObjectPageDto })
  @Fails(PermissionDenied)
  async listObjects(
    @CurrentPrincipal() asker: Principal,
    @Body() asked: ObjectsQuestionDto,
    @Req() request: FastifyRequest,
  ): Promise<HeldObjectPageDto> {
    const { permission } = questionOf({ permission: asked.permission });
    const subject = subjectOf(asker, asked.subject);
    await this.inquiries.mayAskAbout(asker, [subject], callerOf(request));
    const { items, nextCursor } = await this.objects.page(asker, { subject, permission }, asked);
    const { name: type } = known(permission);
    return { items: items.map(({ id }) => ({ type, id })), nextCursor };
  }
}
