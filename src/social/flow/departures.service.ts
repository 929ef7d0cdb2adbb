import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../config/settings.js';
import { ProvidersService } from '../providers/providers.service.js';
import { redirectTarget } from '../redirect-target.js';
import { RedirectNotAllowed } from '../social.errors.js';
import { BrowserCookie } from './browser-cookie.service.js';
import { type Beginning, FLOW_TTL, FlowsService } from './flows.service.js';

/** Sends browsers to providers. */
@Injectable()
export class DeparturesService {
  constructor(
    private readonly providers: ProvidersService,
    private readonly flows: FlowsService,
    private readonly browser: BrowserCookie,
    private readonly settings: Settings,
  ) {}

  /** @throws NotFound, RedirectNotAllowed, ProviderUnavailable */
  async begin(
    beginning: Beginning,
    headers: IncomingHttpHeaders,
    reply: FastifyReply,
  ): Promise<{ readonly url: string }> {
    const { publicUrl, corsOrigins, social } = this.settings;
    const allowed = { publicUrl, origins: corsOrigins, exact: social.redirects };
    const redirectTo = redirectTarget(beginning.redirectTo, allowed);
    if (redirectTo === undefined) throw new RedirectNotAllowed();
    const provider = await this.providers.get(beginning.provider);
    const browser = this.browser.readOrIssue(headers);
    const url = await this.flows.begin({ ...beginning, redirectTo }, browser, (ties) =>
      provider.authorizationUrl(ties),
    );
    this.browser.set(reply, browser, FLOW_TTL);
    return { url };
  }

  /** The callback as a plain address, of what a form brought. Nothing of it is believed: it is looked at there. */
  callbackOf(provider: string, form: unknown): string {
    const given = form instanceof URLSearchParams ? [...form] : [];
    const search = new URLSearchParams(given.filter(([name]) => BROUGHT.has(name))).toString();
    const path = `/v1/auth/social/${encodeURIComponent(provider)}/callback`;
    return `${this.settings.publicUrl}${path}?${search}`;
  }
}

const BROUGHT = new Set(['code', 'state', 'iss', 'error', 'error_description']);
