import { Injectable } from '@nestjs/common';
import { InvalidToken } from '../access/access.errors.js';
import type { Caller } from '../common/http/caller.js';
import { Settings } from '../config/settings.js';
import { AddressLimits } from '../rate-limits/address-limits.service.js';

/** Many clients behind one address refresh often, and one of them may be out of order. */
const TIMES = 10;

/** Bounds how many refresh tokens an address may make up. What is genuine is not counted, and costs nothing here. */
@Injectable()
export class RefreshGarbage {
  constructor(
    private readonly limits: AddressLimits,
    private readonly settings: Settings,
  ) {}

  /** @throws TooManyAttempts */
  bounded<T>(caller: Caller, rotate: () => Promise<T>): Promise<T> {
    const { requestsPerAddress, window } = this.settings.limits;
    const quota = { name: 'refresh', limit: requestsPerAddress * TIMES, window };
    return this.limits.failing(quota, caller, (error) => error instanceof InvalidToken, rotate);
  }
}
