import { ApiProperty } from '@nestjs/swagger';
import { AnyText } from '../../common/fields.js';

/** Of whatever might be a key; a key is far shorter. */
const MOST = 1000;

const FOUND = 'https://github.com/octocat/Hello-World/blob/main/config/settings.yml';

/** The checksum is wrong. */
const NO_KEY = 'gh_test_02ySGrkDXAve4d8fkFt27B_0mZ3J8vXq1kTn5RbW7yLcP2dHs9FgUaE6xQjMoKtViZ_02ABcd';

/** A key that somebody has, or has found. */
export class LeakedKeyDto {
  @AnyText({ max: MOST, description: 'The whole key.', example: NO_KEY, writeOnly: true })
  key!: string;

  @AnyText({
    max: 4000,
    description: 'The page where it was found; its owner is told.',
    example: FOUND,
    optional: true,
  })
  url?: string;
}

/** What a secret scanner has found, in the format of GitHub’s partners. More fields may come, and are not looked at. */
export class LeakMatchDto {
  @AnyText({ max: MOST, description: 'What was found.', example: NO_KEY })
  token!: string;

  @AnyText({
    max: 100,
    description: 'What the scanner calls such tokens; it comes back.',
    example: 'gatehouse_api_key',
  })
  type!: string;

  @ApiProperty({
    type: String,
    required: false,
    description: 'Where; may be empty, and is not refused whatever it is.',
    example: FOUND,
  })
  url?: unknown;

  @ApiProperty({
    type: String,
    required: false,
    description: 'In what; may be anything.',
    example: 'content',
  })
  source?: unknown;
}

/** What became of a match. */
export class LeakLabelDto {
  @ApiProperty({ description: 'The `token` that came.', example: NO_KEY })
  token_raw!: string;

  @ApiProperty({ description: 'The `type` that came.', example: 'gatehouse_api_key' })
  token_type!: string;

  @ApiProperty({
    enum: ['true_positive', 'false_positive'],
    description:
      '`true_positive`: it is, or was, a key of this server, and opens nothing any more.',
    example: 'false_positive',
  })
  label!: 'true_positive' | 'false_positive';

  static of({ token, type }: LeakMatchDto, isKey: boolean): LeakLabelDto {
    const label = isKey ? 'true_positive' : 'false_positive';
    return { token_raw: token, token_type: type, label };
  }
}

export const LEAKED_KEY_EXAMPLE = { key: NO_KEY, url: FOUND };

export const LEAK_MATCHES_EXAMPLE = [
  { token: NO_KEY, type: 'gatehouse_api_key', url: FOUND, source: 'content' },
];
