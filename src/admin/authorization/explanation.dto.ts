import { ApiProperty } from '@nestjs/swagger';
import type { Explanation, Fact, Missing } from '../../permissions/asking/explanation.js';
import { sentenceOf, type Wording } from '../../permissions/asking/sentences.js';

const ID = '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69';

export class NamedGroupDto {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null: a group that the caller is not in and may not view.',
    example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d',
  })
  id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Editors' })
  name!: string | null;
}

const GROUP = { type: NamedGroupDto, nullable: true } as const;

export class FactDto {
  @ApiProperty({
    enum: ['superuser', 'everybody', 'membership', 'inclusion', 'permission', 'grant'],
    description:
      'A membership in `group`; the inclusion of `included` in `group`; a permission on the kind or a grant on the object, held by `group`, or directly.',
    example: 'permission',
  })
  kind!: Fact['kind'];

  @ApiProperty({ ...GROUP, description: 'Null: the subject itself holds.' })
  group!: NamedGroupDto | null;

  @ApiProperty({ ...GROUP, description: 'Of an inclusion: the group that is contained.' })
  included!: NamedGroupDto | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null: it does not end by itself.',
    example: '2026-12-31T00:00:00.000Z',
  })
  expiresAt!: string | null;

  static of(this: void, { kind, group, included, expiresAt }: Fact): FactDto {
    return { kind, group, included, expiresAt: expiresAt?.toISOString() ?? null };
  }
}

export class MissingDto {
  @ApiProperty({
    enum: ['inactive', 'scope', 'expired', 'membership', 'permission'],
    description:
      'The account is not active; the credential does not cover it; `fact` has ended; `group` holds it, and does not hold for the subject; nobody gave it.',
    example: 'membership',
  })
  kind!: Missing['kind'];

  @ApiProperty({ type: FactDto, nullable: true, description: 'What has ended.' })
  fact!: FactDto | null;

  @ApiProperty({ ...GROUP, description: 'A group that holds it.' })
  group!: NamedGroupDto | null;

  static of(this: void, missing: Missing): MissingDto {
    return {
      kind: missing.kind,
      fact: missing.kind === 'expired' ? FactDto.of(missing.fact) : null,
      group: missing.kind === 'membership' ? missing.group : null,
    };
  }
}

export class ExplainedSubjectDto {
  @ApiProperty({ enum: ['user', 'group'], example: 'user' })
  type!: 'user' | 'group';

  @ApiProperty({ format: 'uuid', example: ID })
  id!: string;

  @ApiProperty({ example: 'Ann Lee' })
  name!: string;
}

export class ExplanationDto {
  @ApiProperty({ example: true })
  allowed!: boolean;

  @ApiProperty({ type: ExplainedSubjectDto })
  subject!: ExplainedSubjectDto;

  @ApiProperty({
    type: [FactDto],
    description: 'The shortest chain of facts that it is held through, from the subject on.',
  })
  facts!: readonly FactDto[];

  @ApiProperty({
    type: MissingDto,
    nullable: true,
    description: 'What lacks, the nearest. Null: nothing does.',
  })
  missing!: MissingDto | null;

  @ApiProperty({
    description: 'The same in English.',
    example:
      'Ann Lee holds users.view_user through the group Editors, which contains the group Staff, of which they are a member.',
  })
  sentence!: string;

  static of(this: void, explanation: Explanation, wording: Wording): ExplanationDto {
    const { allowed, subject, facts, missing } = explanation;
    return {
      allowed,
      subject,
      facts: facts.map(FactDto.of),
      missing: missing && MissingDto.of(missing),
      sentence: sentenceOf(explanation, wording),
    };
  }
}
