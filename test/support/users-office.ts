import type { PermissionName } from '../../src/access/permission-name.js';
import type { UserRow } from '../../src/users/new-user.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Answer, Client } from './client.js';
import { Grants, userHolder } from './grants.js';
import { behindItsBack } from './heard.js';
import { type MadeUser, Make } from './make.js';
import type { TestApp } from './test-app.js';

export type Clerk = MadeUser & { readonly client: Client; readonly token: string };

/** Everything that there is to do with users. */
export const RUNS_USERS = Object.values(userPermissions);

/** Who works in the office, and what she asks it for. */
export class Office {
  readonly make: Make;
  readonly grants: Grants;

  constructor(private readonly test: TestApp) {
    this.make = new Make(test);
    this.grants = new Grants(test);
  }

  /** Somebody who holds these on all objects of their kinds. */
  async clerk(
    permissions: readonly PermissionName[] = RUNS_USERS,
    given: Partial<UserRow> = {},
  ): Promise<Clerk> {
    const made = await this.make.signedIn(given);
    await this.grants.give(userHolder(made.user), ...permissions);
    return made;
  }

  superuser(): Promise<Clerk> {
    return this.make.signedIn({ isSuperuser: true });
  }

  /** Her proof of herself is no longer fresh. */
  ages({ user }: Pick<Clerk, 'user'>): Promise<void> {
    return behindItsBack(
      this.test,
      `UPDATE sessions SET authenticated_at = authenticated_at - interval '301 s' WHERE user_id = $1`,
      [user.id],
    );
  }
}

export const put = (client: Client, url: string, body: unknown = {}): Promise<Answer> =>
  client.send({
    method: 'PUT',
    url,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });

export const remove = (client: Client, url: string): Promise<Answer> =>
  client.send({ method: 'DELETE', url });
