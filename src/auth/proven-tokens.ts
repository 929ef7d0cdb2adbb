import { Injectable } from '@nestjs/common';
import type { AccessClaims } from '../sessions/access-claims.js';
import { Proven } from './proven.js';

const MAX_TOKENS = 20_000;

/** Access tokens that were verified: their session and their end are all that still matters. */
@Injectable()
export class ProvenTokens extends Proven<Pick<AccessClaims, 'sid' | 'exp'>> {
  constructor() {
    super(MAX_TOKENS);
  }
}
