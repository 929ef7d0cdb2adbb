import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { SigningKeysService } from './signing-keys.service.js';

class JwkDto {
  @ApiProperty({ example: 'EC' })
  kty!: string;

  @ApiProperty({ example: 'P-256' })
  crv!: string;

  @ApiProperty({ example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' })
  x!: string;

  @ApiProperty({ example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' })
  y!: string;

  @ApiProperty({
    description: 'Its thumbprint (RFC 7638).',
    example: 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U',
  })
  kid!: string;

  @ApiProperty({ example: 'ES256' })
  alg!: string;

  @ApiProperty({ example: 'sig' })
  use!: string;
}

class JwksDto {
  @ApiProperty({ type: [JwkDto], description: 'Find the one that the `kid` of a token names.' })
  keys!: readonly JwkDto[];
}

@ApiTags('Keys')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeysService) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({
    operationId: 'getJwks',
    summary: 'The public keys that verify access tokens',
    description:
      'RFC 7517. Other services can verify access tokens with these alone; whether the session behind a token still lives only this server knows.',
  })
  @ApiOkResponse({
    description:
      'The key that signs, the one that will sign next, and those whose tokens have not all ended.',
    type: JwksDto,
  })
  jwks(): JwksDto {
    return this.keys.jwks();
  }
}
