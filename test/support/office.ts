import type { PermissionName } from '../../src/access/permission-name.js';
import type { Problem } from '../../src/common/problem.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import type { Answer, Client } from './client.js';
import { Grants, userHolder } from './grants.js';
import { type MadeUser, Make } from './make.js';
import type { TestApp } from './test-app.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** What administrators call. */
export class Office {
  constructor(readonly client: Client) {}

  get<T = Problem>(url: string): Promise<Answer<T>> {
    return this.client.get<T>(url);
  }

  put(url: string, body?: object): Promise<Answer<Problem>> {
    return this.send('PUT', url, body);
  }

  delete(url: string, body?: object): Promise<Answer<Problem>> {
    return this.send('DELETE', url, body);
  }

  /** A new group. */
  async group(name: string): Promise<string> {
    const { status, body } = await this.client.post<{ id: string }>('/v1/groups', { name });
    expect(status).toBe(201);
    return body.id;
  }

  private send(method: 'PUT' | 'DELETE', url: string, body?: object): Promise<Answer<Problem>> {
    if (body === undefined) return this.client.send<Problem>({ method, url });
    return this.client.send<Problem>({
      method,
      url,
      headers: JSON_TYPE,
      payload: JSON.stringify(body),
    });
  }
}

export type Clerk = MadeUser & {
  readonly office: Office;
  readonly client: Client;
  readonly token: string;
};

/** Somebody in the office, with these permissions. */
export async function clerk(
  test: TestApp,
  permissions: readonly PermissionName[] = [],
  given: Parameters<Make['user']>[0] = {},
): Promise<Clerk> {
  const made = await new Make(test).signedIn(given);
  await new Grants(test).give(userHolder(made.user), ...permissions);
  return { ...made, office: new Office(made.client) };
}

/** All that the desk of groups asks for; how far it goes is another question. */
export const OVER_GROUPS = Object.values(groupPermissions);
