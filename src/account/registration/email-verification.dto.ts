import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateIf } from 'class-validator';
import { AnyText, Check } from '../../common/fields.js';
import { EmailField } from '../../users/user-fields.js';
import { parseCode } from '../proof/one-time-code.js';

const TOKEN = 'ghv_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe';

/** A token from a mail. */
export const TokenField = (example: string): PropertyDecorator =>
  AnyText({ description: 'The token from the mail.', example, max: 200, writeOnly: true });

/** A code from a mail, which becomes its bare digits. */
export const CodeField = (): PropertyDecorator => (target, name) => {
  AnyText({
    description: 'The code from the mail: eight digits, a space in the middle or none.',
    example: '2945 8102',
    max: 20,
    writeOnly: true,
  })(target, name);
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (parseCode(value.trim()) ?? value) : value,
  )(target, name);
  Check(
    'isCode',
    (value) => parseCode(value) === value,
    'invalid_code',
    'It must have eight digits.',
  )(target, name);
};

const byCode = ({ token, email, code }: VerifyEmailDto): boolean =>
  token === undefined && (email ?? code) !== undefined;

/** The token, or the address with the code: one of the two. */
export class VerifyEmailDto {
  @ApiProperty({ required: false })
  @ValidateIf((body: VerifyEmailDto) => body.token !== undefined || !byCode(body))
  @TokenField(TOKEN)
  token?: string;

  @ApiProperty({ required: false })
  @ValidateIf((body: VerifyEmailDto) => body.email !== undefined || byCode(body))
  @EmailField({ description: 'The address that the code was mailed to.' })
  email?: string;

  @ApiProperty({ required: false })
  @ValidateIf((body: VerifyEmailDto) => body.code !== undefined || byCode(body))
  @CodeField()
  code?: string;
}

export class DenyEmailDto {
  @TokenField(TOKEN)
  token!: string;
}

/** What Swagger shows of a body that can be either. */
export const VERIFY_EMAIL_EXAMPLE = { token: TOKEN };
