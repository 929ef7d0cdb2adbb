import { randomBytes } from 'node:crypto';
import { Client } from './client.js';
import { someEmail } from './make.js';
import { type OpenIdProvider, signInAt } from './openid-provider.js';
import type { TestApp } from './test-app.js';

/** Where a visit ended. */
export interface Landed {
  readonly status: number;
  readonly location: string;
  /** The cookie of the session that was opened, as a browser sends it. */
  readonly session: string | undefined;
}

/** Visits to a provider and back, as browsers make them. */
export class SocialVisits {
  constructor(
    private readonly test: TestApp,
    private readonly provider: Pick<OpenIdProvider, 'people'>,
    private readonly name = 'acme',
  ) {}

  /** Somebody at the provider, whose address is verified there unless it is said otherwise. */
  someone(claims: Readonly<Record<string, unknown>> = {}): { sub: string; email: string } {
    const sub = randomBytes(8).toString('hex');
    const email = someEmail('eve');
    const known = { email, email_verified: true, given_name: 'Eve', ...claims };
    this.provider.people.set(sub, known);
    return { sub, email: known.email };
  }

  /** @param before the cookie of a browser that has begun before */
  async begin(query: Readonly<Record<string, string>> = {}, before = '') {
    const search = new URLSearchParams({ redirectTo: '/docs', ...query }).toString();
    const url = `/v1/auth/social/${this.name}/authorize?${search}`;
    const { status, headers } = await new Client(this.test).send({
      method: 'GET',
      url,
      headers: { cookie: before },
    });
    const [cookie = ''] = [headers['set-cookie']].flat();
    return { status, location: String(headers.location), cookie: cookie.split(';')[0] ?? '' };
  }

  async comeBack(back: URL, cookie: string): Promise<Landed> {
    const { status, headers } = await new Client(this.test).send({
      method: 'GET',
      url: back.pathname + back.search,
      headers: { cookie },
    });
    const set = [headers['set-cookie']].flat().filter((each) => each !== undefined);
    const session = set.find((each) => each.startsWith('session='))?.split(';')[0];
    return { status, location: String(headers.location), session };
  }

  /** From the button to the end. */
  async visit(sub: string, query: Readonly<Record<string, string>> = {}): Promise<Landed> {
    const { location, cookie } = await this.begin(query);
    return this.comeBack(await signInAt(location, sub), cookie);
  }

  async whoIs(
    session: string | undefined,
  ): Promise<{ readonly id: string; readonly email: string }> {
    const { body } = await new Client(this.test).send<{ id: string; email: string }>({
      method: 'GET',
      url: '/v1/users/me',
      headers: { cookie: session ?? '' },
    });
    return body;
  }
}
