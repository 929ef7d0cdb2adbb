import { v7 as uuidv7 } from 'uuid';
import type { ServiceAccountDto } from '../../src/admin/service-accounts/service-account.dto.js';
import type { Problem } from '../../src/common/problem.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { serviceAccountPermissions } from '../../src/service-accounts/service-accounts.permissions.js';
import {
  type ServiceAccountFields,
  ServiceAccountsService,
} from '../../src/service-accounts/service-accounts.service.js';
import type { UserRow } from '../../src/users/new-user.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Answer } from './client.js';
import type { TestApp } from './test-app.js';
import { type Clerk, Office } from './users-office.js';

/** Everything that there is to do with service accounts. */
export const RUNS_ROBOTS = Object.values(serviceAccountPermissions);

/** A service account, without asking who makes it. Nobody answers for it, unless somebody is named. */
export function makeServiceAccount(
  test: TestApp,
  given: Partial<ServiceAccountFields> = {},
): Promise<UserRow> {
  const accounts = test.app.get(ServiceAccountsService, { strict: false });
  return test.database.transaction((manager) =>
    accounts.create(manager, {
      name: `robot ${uuidv7()}`,
      description: '',
      responsible: null,
      ...given,
    }),
  );
}

type Told = Answer<ServiceAccountDto & Problem>;

/** Where service accounts are made and changed: by a clerk who may, unless somebody else is named. */
export class RobotsDesk {
  private constructor(
    readonly office: Office,
    readonly clerk: Clerk,
    /** That answers for them. */
    readonly group: string,
  ) {}

  static async of(test: TestApp): Promise<RobotsDesk> {
    const office = new Office(test);
    const { view, change } = groupPermissions;
    const clerk = await office.clerk([...RUNS_ROBOTS, userPermissions.view, view, change]);
    return new RobotsDesk(office, clerk, (await office.grants.someGroup()).id);
  }

  /** A name that no other one has. */
  some(name = 'Nightly export'): string {
    return `${name} ${uuidv7()}`;
  }

  byGroup(): { readonly type: string; readonly id: string } {
    return { type: 'group', id: this.group };
  }

  urlOf(id: string): string {
    return `/v1/service-accounts/${id}`;
  }

  make(body: object, by: Pick<Clerk, 'client'> = this.clerk): Promise<Told> {
    const given = { name: this.some(), responsible: this.byGroup(), ...body };
    return by.client.post('/v1/service-accounts', given);
  }

  patch(id: string, body: object, by: Pick<Clerk, 'client'> = this.clerk): Promise<Told> {
    return by.client.patch(this.urlOf(id), body);
  }
}
