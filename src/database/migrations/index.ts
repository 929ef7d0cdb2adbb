import { Foundation1795381662100 } from './1795381662100-Foundation.js';

export const migrations = [Foundation1795381662100];
