import { ApiProperty } from '@nestjs/swagger';
import { Check, Choice, LineOfText } from '../common/fields.js';
import { EmailField, PasswordField } from '../users/user-fields.js';
import { UserDto } from '../users/user.dto.js';
import type { LoginOutcome } from './login.service.js';

export class LoginDto {
  @EmailField()
  email!: string;

  @PasswordField()
  @Check('isNotEmpty', (value) => value !== '', 'required', 'It is required.')
  password!: string;

  @Choice(['token'], {
    description: 'How the session is carried: as an access token.',
    example: 'token',
    optional: true,
  })
  transport?: 'token';

  @LineOfText({
    description: 'What the user calls this device, for her list of sessions.',
    example: "Ann's phone",
    max: 100,
    optional: true,
  })
  deviceName?: string;
}

export class LoginSessionDto {
  @ApiProperty({
    format: 'uuid',
    description: 'The session behind the token.',
    example: '01939f5c-8c1d-7e60-9d3b-6a2f1e0c4b7d',
  })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-12-06T20:31:59.123Z' })
  expiresAt!: string;
}

export class LoginResultDto {
  @ApiProperty({ enum: ['authenticated'], example: 'authenticated' })
  status!: 'authenticated';

  @ApiProperty({ type: UserDto })
  user!: UserDto;

  @ApiProperty({ type: LoginSessionDto })
  session!: LoginSessionDto;

  @ApiProperty({
    description: 'A JWT: send it as `Authorization: Bearer …`.',
    example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im9LSXkifQ.eyJzdWIiOiIwMTkzIn0.c2ln',
  })
  accessToken!: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({
    type: 'integer',
    description: 'Seconds until the access token ends.',
    example: 300,
  })
  expiresIn!: number;

  static of({ status, user, session, accessToken }: LoginOutcome): LoginResultDto {
    return {
      status,
      user: UserDto.of(user),
      session: { id: session.id, expiresAt: session.expiresAt.toISOString() },
      accessToken: accessToken.token,
      tokenType: 'Bearer',
      expiresIn: accessToken.expiresIn,
    };
  }
}
