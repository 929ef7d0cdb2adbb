import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../common/http/caller.js';
import { deviceOf } from '../sessions/device.js';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';
import { LoginChallenges, type WaitingLogin } from './login-challenges.service.js';
import type { LoginOutcome } from './login-outcome.js';
import { ChallengeExpired } from './login.errors.js';
import { LoginService } from './login.service.js';
import { SignInAttempts } from './sign-in-attempts.service.js';
import type { TwoFactorLoginDto } from './two-factor-login.dto.js';

/** The second half of a sign-in. */
@Injectable()
export class TwoFactorLoginService {
  constructor(
    private readonly challenges: LoginChallenges,
    private readonly factors: SecondFactorsService,
    private readonly login: LoginService,
    private readonly attempts: SignInAttempts,
  ) {}

  /** The login that waits. @throws ChallengeExpired */
  async find(challengeToken: string): Promise<WaitingLogin> {
    const waiting = await this.challenges.find(challengeToken);
    if (waiting === undefined) throw new ChallengeExpired();
    return waiting;
  }

  /**
   * Whatever comes at once: a code, an assertion, and the challenge itself count once each, and a session is opened by
   * whoever spends them all.
   *
   * @throws ChallengeExpired, InvalidCode, TooManyAttempts
   */
  async complete(
    { challengeToken, trustDevice, ...body }: TwoFactorLoginDto,
    request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>,
  ): Promise<LoginOutcome> {
    const waiting = await this.challenges.tryOnce(challengeToken);
    if (waiting === undefined) throw new ChallengeExpired();
    const { id, user } = waiting;
    const deviceToken = this.attempts.deviceToken(body, request.headers);
    const known = await this.attempts.isKnown(deviceToken, user.emailCanonical);
    const { methods, at: twoFactorAt } = await this.factors.prove(
      { method: body.method, code: body.code, assertion: body.assertion, within: id },
      { userId: user.id, caller: callerOf(request), known, action: 'sign_in' },
    );
    if (!(await this.challenges.spend(id))) throw new ChallengeExpired();
    const outcome = await this.login.proceed({
      user,
      methods: [...waiting.methods, ...methods],
      twoFactorAt,
      device: deviceOf(request, waiting.carriage),
      deviceToken,
      trustDevice,
    });
    await this.attempts.completed(user, known);
    return outcome;
  }
}
