import { randomBytes } from 'node:crypto';
import type { Problem } from '../../src/common/problem.js';
import type { ManagedProviderDto } from '../../src/social/office/managed-provider.dto.js';
import { type Answer, Client } from './client.js';
import type { TestApp } from './test-app.js';

export const PROVIDERS = '/v1/social-providers';

type Told = ManagedProviderDto & Omit<Problem, 'status'>;

/** A provider that nobody has to ask before people are sent to it. */
export const someProvider = (more: object = {}) => ({
  id: `git-${randomBytes(6).toString('hex')}`,
  kind: 'github',
  name: 'Our own Git',
  clientId: 'gatehouse',
  clientSecret: randomBytes(24).toString('base64url'),
  ...more,
});

/** Somebody who configures providers. */
export class ProvidersDesk {
  constructor(readonly client: Client) {}

  add(provider: object = someProvider()): Promise<Answer<Told>> {
    return this.client.post(PROVIDERS, provider);
  }

  change(id: string, changes: object): Promise<Answer<Told>> {
    return this.client.patch(`${PROVIDERS}/${id}`, changes);
  }

  remove(id: string): Promise<Answer<Told>> {
    return this.client.send({ method: 'DELETE', url: `${PROVIDERS}/${id}` });
  }

  try(id: string): Promise<Answer<Told>> {
    return this.client.post(`${PROVIDERS}/${id}/test`);
  }

  async shown(id: string): Promise<ManagedProviderDto | undefined> {
    const { body } = await this.client.get<{ items: ManagedProviderDto[] }>(PROVIDERS);
    return body.items.find((each) => each.id === id);
  }
}

/** Where a button of the provider leads; undefined: it is none. */
export async function leadsTo(test: TestApp, id: string): Promise<URL | undefined> {
  const url = `/v1/auth/social/${id}/authorize?redirectTo=/docs`;
  const { status, headers } = await new Client(test).get(url);
  return status === 302 ? new URL(String(headers.location)) : undefined;
}

/** As the sign-in page sees them. */
export async function buttons(test: TestApp): Promise<string[]> {
  const { body } = await new Client(test).get<{ items: { id: string }[] }>(
    '/v1/auth/social/providers',
  );
  return body.items.map(({ id }) => id);
}
