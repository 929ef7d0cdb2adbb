import { ApiProperty } from '@nestjs/swagger';
import { AnyText } from '../../common/fields.js';

export class DeletionDto {
  @ApiProperty({
    format: 'date-time',
    description: 'Until then it can be undone.',
    example: '2026-12-06T20:31:59.123Z',
  })
  finalAt!: string;
}

export class UndoDeletionDto {
  @AnyText({
    description: 'The token from the mail.',
    example: 'ghd_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
    max: 200,
    writeOnly: true,
  })
  token!: string;
}

export class WayBackDto {
  @ApiProperty({ enum: ['link_sent'], example: 'link_sent' })
  status!: 'link_sent';
}
