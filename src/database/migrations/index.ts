import { Foundation1795381662100 } from './1795381662100-Foundation.js';
import { SessionsAndTokens1795393000000 } from './1795393000000-SessionsAndTokens.js';

export const migrations = [Foundation1795381662100, SessionsAndTokens1795393000000];
