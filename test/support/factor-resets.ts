import { FactorResetSweep } from '../../src/login/factor-reset/factor-reset-sweep.service.js';
import type { Answer, Client } from './client.js';
import { allMailsAreOut } from './reset-links.js';
import type { TestApp } from './test-app.js';
import { Trusting } from './trusting.js';
import { type Clerk, Office, remove } from './users-office.js';

export const REASON = 'Lost her phone; recognised on a video call.';
/** What there is of somebody's ways in, and of a reset. */
export interface Standing {
  readonly factors: number;
  readonly resets: number;
  readonly sessions: number;
}

/** Resets of second factors, as the office and their owners deal with them. */
export class FactorResets {
  readonly office: Office;

  constructor(private readonly test: TestApp) {
    this.office = new Office(test);
  }

  /** Somebody with an authenticator app. */
  owner(): Promise<Trusting> {
    return Trusting.somebody(this.test, this.office.make);
  }

  ask(client: Client, id: string, reason: unknown = REASON): Promise<Answer<{ dueAt: string }>> {
    return client.post(`/v1/users/${id}/two-factor/reset`, { reason });
  }

  /** An owner, and a reset that waits, asked for by a clerk. */
  async waiting(): Promise<{ ann: Trusting; clerk: Clerk }> {
    const [ann, clerk] = [await this.owner(), await this.office.clerk()];
    const { status } = await this.ask(clerk.client, ann.id);
    expect(status).toBe(202);
    return { ann, clerk };
  }

  async tokenOf({ made }: Trusting): Promise<string> {
    for (let count = 1; ; count++) {
      const mails = await this.test.outbox.waitFor(made.email, count);
      const token = mails.map(({ text }) => /ghf_\w+/.exec(text)?.[0]).findLast(Boolean);
      if (token !== undefined) return token;
    }
  }

  stop(token: unknown): Promise<Answer> {
    return this.office.make.client.post('/v1/auth/two-factor/reset/stop', { token });
  }

  stopOwn(client: Client): Promise<Answer> {
    return remove(client, '/v1/users/me/two-factor/reset');
  }

  stopAt(client: Client, id: string): Promise<Answer> {
    return remove(client, `/v1/users/${id}/two-factor/reset`);
  }

  /** So much time goes by that what waits is due. A mail that is under way then would be sent once more. */
  async wait(): Promise<void> {
    await allMailsAreOut(this.test);
    this.test.clock.forward(this.test.settings.twoFactor.resetDelay);
  }

  sweep(): Promise<number> {
    return this.test.app.get(FactorResetSweep, { strict: false }).sweep();
  }

  async standing(id: string): Promise<Standing | undefined> {
    const [row] = await this.test.database.query<Standing[]>(
      `SELECT (SELECT count(*)::int FROM totp_factors WHERE user_id = $1) AS factors,
              (SELECT count(*)::int FROM two_factor_resets WHERE user_id = $1) AS resets,
              (SELECT count(*)::int FROM sessions WHERE user_id = $1) AS sessions`,
      [id],
    );
    return row;
  }

  /** Whether her password alone is enough now. */
  async isReset(ann: Trusting): Promise<boolean> {
    const { body } = await ann.begin();
    return body.status === 'authenticated';
  }
}
