import { AnyText } from '../../common/fields.js';

export class StopFactorResetDto {
  @AnyText({
    description: 'The token from the mail.',
    example: 'ghf_01DXF6DT3O2E8bK5rJq7c1_8Zk4vZt0m3n6q9s2u5w8y1b4e7h0k3n6q9s2u5w8y1b4e70aBcDe',
    max: 200,
    writeOnly: true,
  })
  token!: string;
}
