import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../common/http/caller.js';
import { DeviceCookie } from '../login/device-cookie.service.js';
import type { LoginOutcome } from '../login/login-outcome.js';
import { LoginService } from '../login/login.service.js';
import { deviceOf } from '../sessions/device.js';
import type { User } from '../users/user.entity.js';
import { LinksService } from './accounts/links.service.js';
import { ArrivalService } from './arrival.service.js';
import { CodesService } from './flow/codes.service.js';
import type { BegunFlow } from './flow/flows.service.js';
import type { SocialProvider } from './providers/social-provider.js';
import type { ExchangeDto, IdTokenDto } from './social.dto.js';
import { ProviderRefused } from './social.errors.js';

/** How its session is to be carried. */
type Carried = Partial<Pick<ExchangeDto, 'deviceName' | 'deviceToken' | 'refreshTransport'>> & {
  readonly transport?: 'cookie';
};

type Request = Pick<FastifyRequest, 'ip' | 'headers' | 'id'>;

/** What is done when somebody has come back. */
@Injectable()
export class WayEnds {
  constructor(
    private readonly arrivals: ArrivalService,
    private readonly links: LinksService,
    private readonly codes: CodesService,
    private readonly login: LoginService,
    private readonly cookie: DeviceCookie,
  ) {}

  /** @throws what the provider, the decision whose account it is, and the stages of a sign-in throw */
  async end(
    provider: SocialProvider,
    flow: BegunFlow,
    search: string,
    request: Request,
  ): Promise<{ linked: true } | { code: string } | { outcome: LoginOutcome }> {
    const { identity, tokens } = await provider.complete(search, flow.ties);
    const arrival = {
      ...{ providerId: provider.id, provider: provider.name, identity },
      ...(provider.storesTokens && { tokens }),
      caller: callerOf(request),
    };
    if (flow.owner !== undefined) {
      await this.links.link(flow.owner, arrival);
      return { linked: true };
    }
    const user = await this.arrivals.whose(arrival);
    if (flow.codeChallenge !== undefined) {
      return { code: await this.codes.issue(user, flow.codeChallenge) };
    }
    return { outcome: await this.signIn(user, request, { transport: 'cookie' }) };
  }

  /** What an app got from the provider by itself: once, before anything else is done with it. */
  async ofIdToken(
    provider: SocialProvider,
    { idToken, nonce }: Pick<IdTokenDto, 'idToken' | 'nonce'>,
    body: Carried,
    request: Request,
  ): Promise<LoginOutcome> {
    const identity = await provider.ofIdToken(idToken, nonce);
    if (!(await this.codes.spendIdToken(idToken))) throw new ProviderRefused();
    const caller = callerOf(request);
    const arrival = { providerId: provider.id, provider: provider.name, identity, caller };
    return this.signIn(await this.arrivals.whose(arrival), request, body);
  }

  signIn(
    user: User,
    request: Request,
    { deviceToken, ...carriage }: Carried,
  ): Promise<LoginOutcome> {
    return this.login.proceed({
      user,
      methods: ['fed'],
      device: deviceOf(request, carriage),
      deviceToken: deviceToken ?? this.cookie.read(request.headers),
    });
  }
}
