import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Failure } from '../common/failure.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import type { LoginOutcome } from '../login/login-outcome.js';
import { InvalidCredentials } from '../login/login.errors.js';
import { CodesService } from './flow/codes.service.js';
import { FlowsService } from './flow/flows.service.js';
import { ProvidersService } from './providers/providers.service.js';
import type { ExchangeDto, IdTokenDto } from './social.dto.js';
import { SocialFlowInvalid } from './social.errors.js';
import { WayEnds } from './way-ends.service.js';

type Request = Pick<FastifyRequest, 'ip' | 'headers' | 'id'>;

/** How a way ends: where the browser is sent, and with what. */
export type Landing = { readonly redirectTo: string } & (
  | { readonly failed: string }
  | { readonly linked: true }
  | { readonly code: string }
  | { readonly outcome: LoginOutcome }
);

/** From a provider back into an account of ours. */
@Injectable()
export class SocialLoginService {
  constructor(
    private readonly providers: ProvidersService,
    private readonly flows: FlowsService,
    private readonly codes: CodesService,
    private readonly ends: WayEnds,
  ) {}

  /**
   * Taken once, whatever becomes of it. What goes wrong after that is told to the page that the browser is sent to.
   *
   * @param search as it came: `?code=…&state=…`
   * @throws SocialFlowInvalid, NotFound
   */
  async finish(
    providerId: string,
    { search, state }: { readonly search: string; readonly state: string },
    browser: OpaqueToken | undefined,
    request: Request,
  ): Promise<Landing> {
    const provider = await this.providers.get(providerId);
    const flow = browser && (await this.flows.take(providerId, state, browser));
    if (flow === undefined) throw new SocialFlowInvalid();
    const { redirectTo } = flow;
    try {
      return { redirectTo, ...(await this.ends.end(provider, flow, search, request)) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { redirectTo, failed: error.spec.code };
    }
  }

  /** @throws NotFound, ProviderRefused, ProviderUnavailable, and what deciding whose it is and the stages throw */
  async byIdToken(
    providerId: string,
    { idToken, nonce, ...body }: IdTokenDto,
    request: Request,
  ): Promise<LoginOutcome> {
    const provider = await this.providers.get(providerId);
    return this.ends.ofIdToken(provider, { idToken, nonce }, body, request);
  }

  /** @throws InvalidCredentials, and what the stages of a sign-in throw */
  async exchange(
    { code, codeVerifier, ...body }: ExchangeDto,
    request: Request,
  ): Promise<LoginOutcome> {
    const user = await this.codes.spend(code, codeVerifier);
    if (user === undefined) throw new InvalidCredentials();
    return this.ends.signIn(user, request, body);
  }
}
