import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const CHALLENGE = 'zP2mJx0Qm2cKq1Jd5fXb0gq3m8o0r4w1Y7t6u5s4R2Q';
const CREDENTIAL_ID = 'mK3Yw0sT9b2hYx1p8cQxJQ';

/** What `navigator.credentials.get()` answers, as JSON. */
export const ASSERTION = {
  id: CREDENTIAL_ID,
  rawId: CREDENTIAL_ID,
  type: 'public-key',
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uLi4ifQ',
    authenticatorData: 'o3mm9u6vuaVeN4wRgDTidR5oL6ufLTC',
    signature: 'MEUCIQDx',
    userHandle: 'YW5u',
  },
  clientExtensionResults: {},
};

/** What `navigator.credentials.create()` answers, as JSON. */
export const REGISTRATION = {
  id: CREDENTIAL_ID,
  rawId: CREDENTIAL_ID,
  type: 'public-key',
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uLi4ifQ',
    attestationObject: 'o2NmbXRkbm9uZWdhdHRTdG10oA',
    transports: ['internal', 'hybrid'],
  },
  clientExtensionResults: {},
};

export class PasskeyDescriptorDto {
  @ApiProperty({ description: 'Of the credential, base64url.', example: CREDENTIAL_ID })
  id!: string;

  @ApiProperty({ example: 'public-key' })
  type!: string;

  @ApiPropertyOptional({ type: [String], example: ['internal', 'hybrid'] })
  transports?: readonly string[];
}

const ChallengeProperty = (): PropertyDecorator =>
  ApiProperty({ description: 'Good for one answer, and five minutes.', example: CHALLENGE });
const TimeoutProperty = (): PropertyDecorator =>
  ApiProperty({ type: 'integer', description: 'Milliseconds.', example: 300_000 });

/** `PublicKeyCredentialRequestOptionsJSON`. */
export class PasskeyRequestDto {
  @ApiProperty({ description: 'The domain that passkeys are bound to.', example: 'example.com' })
  rpId!: string;

  @ChallengeProperty()
  challenge!: string;

  @ApiPropertyOptional({
    type: [PasskeyDescriptorDto],
    description: 'The passkeys of the account. Absent where nobody is named.',
  })
  allowCredentials?: readonly PasskeyDescriptorDto[];

  @TimeoutProperty()
  timeout!: number;

  @ApiProperty({ enum: ['required', 'preferred'], example: 'preferred' })
  userVerification!: string;
}

class RelyingPartyDto {
  @ApiProperty({ example: 'example.com' })
  id!: string;

  @ApiProperty({ description: '`SERVICE_NAME`.', example: 'Gatehouse' })
  name!: string;
}

class PasskeyUserDto {
  @ApiProperty({ description: 'Random; says nothing of her.', example: 'YW5u' })
  id!: string;

  @ApiProperty({ example: 'ann@example.com' })
  name!: string;

  @ApiProperty({ example: 'Ann Miller' })
  displayName!: string;
}

class PasskeyAlgorithmDto {
  @ApiProperty({ type: 'integer', description: 'COSE.', example: -7 })
  alg!: number;

  @ApiProperty({ enum: ['public-key'], example: 'public-key' })
  type!: 'public-key';
}

class PasskeySelectionDto {
  @ApiProperty({ enum: ['preferred'], example: 'preferred' })
  residentKey!: 'preferred';

  @ApiProperty({ example: false })
  requireResidentKey!: boolean;

  @ApiProperty({ enum: ['preferred'], example: 'preferred' })
  userVerification!: 'preferred';
}

class PasskeyExtensionsDto {
  @ApiProperty({ example: true })
  credProps!: boolean;
}

/** `PublicKeyCredentialCreationOptionsJSON`. */
export class PasskeyCreationDto {
  @ApiProperty({ type: RelyingPartyDto })
  rp!: RelyingPartyDto;

  @ApiProperty({ type: PasskeyUserDto })
  user!: PasskeyUserDto;

  @ChallengeProperty()
  challenge!: string;

  @ApiProperty({ type: [PasskeyAlgorithmDto] })
  pubKeyCredParams!: readonly PasskeyAlgorithmDto[];

  @TimeoutProperty()
  timeout!: number;

  @ApiProperty({
    type: [PasskeyDescriptorDto],
    description: 'Those that are registered: an authenticator makes no second one.',
  })
  excludeCredentials!: readonly PasskeyDescriptorDto[];

  @ApiProperty({ type: PasskeySelectionDto })
  authenticatorSelection!: PasskeySelectionDto;

  @ApiProperty({ enum: ['none'], example: 'none' })
  attestation!: 'none';

  @ApiProperty({ type: PasskeyExtensionsDto })
  extensions!: PasskeyExtensionsDto;
}
