import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../common/http/caller.js';
import { AddressLimits } from '../rate-limits/address-limits.service.js';
import { GuessingBudget } from '../rate-limits/guessing-budget.service.js';
import { deviceOf } from '../sessions/device.js';
import { DeviceCookie } from './device-cookie.service.js';
import type { LoginOutcome } from './login-outcome.js';
import { LoginService } from './login.service.js';
import type { PasskeyLoginDto } from './passkey-login.dto.js';
import { PasskeyProof } from './passkey-proof.service.js';
import { isWrong } from './sign-in-attempts.service.js';

/** Signing in with a passkey alone: something that she has, and by which it knows her. */
@Injectable()
export class PasskeyLoginService {
  constructor(
    private readonly proof: PasskeyProof,
    private readonly login: LoginService,
    private readonly addresses: AddressLimits,
    private readonly budget: GuessingBudget,
    private readonly cookie: DeviceCookie,
  ) {}

  /**
   * What goes wrong counts for the address, and for no account: nobody guesses a signature, and a stranger who tries is
   * not to hold up the owner.
   *
   * @throws InvalidCredentials, TooManyAttempts, and what the stages of a sign-in throw
   */
  signIn(
    { assertion, deviceToken, ...carriage }: PasskeyLoginDto,
    request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>,
  ): Promise<LoginOutcome> {
    const caller = callerOf(request);
    return this.addresses.failing(this.budget.perAddress, caller, isWrong, async () => {
      const proved = await this.proof.prove(assertion, caller);
      return this.login.proceed({
        ...proved,
        device: deviceOf(request, carriage),
        deviceToken: deviceToken ?? this.cookie.read(request.headers),
      });
    });
  }
}
