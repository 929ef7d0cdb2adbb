import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { canonicalName } from '../common/canonical-name.js';
import { Clock } from '../common/clock.js';
import { NotFound } from '../common/failures.js';
import { constraintOf } from '../database/database-errors.js';
import type { Holder } from '../permissions/holding/rights.service.js';
import type { UserRow } from '../users/new-user.js';
import { ServiceUsersService } from '../users/service-users.service.js';
import type { User } from '../users/user.entity.js';
import { ServiceAccount } from './service-account.entity.js';
import { ServiceAccountNameTaken } from './service-accounts.errors.js';

/** What is said of a service account. */
export interface ServiceAccountFields {
  readonly name: string;
  readonly description: string;
  /** A person, or a group whose members answer for it; null: whoever did is gone. */
  readonly responsible: Holder | null;
  readonly isActive: boolean;
}

/** One together with its row of `users`. */
export type FoundServiceAccount = ServiceAccount & { readonly account: User };

/** The only place that writes `service_accounts`. Who may do so is the caller's to see to. */
@Injectable()
export class ServiceAccountsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly users: ServiceUsersService,
  ) {}

  /** All of them, or the one of this name. */
  find(
    name?: string,
    manager: EntityManager = this.dataSource.manager,
  ): SelectQueryBuilder<FoundServiceAccount> {
    const query = manager
      .createQueryBuilder<FoundServiceAccount>(ServiceAccount, 'service')
      .innerJoinAndSelect('service.account', 'row'); // users_pkey
    if (name === undefined) return query;
    return query.where('service.nameCanonical = :name', { name: canonicalName(name) }); // service_accounts_name_canonical_key
  }

  /** @throws NotFound */
  async get(id: string, manager?: EntityManager): Promise<FoundServiceAccount> {
    const query = this.find(undefined, manager);
    const found = await query.where('service.id = :id', { id }).getOne(); // service_accounts_pkey
    if (found === null) throw new NotFound();
    return found;
  }

  /** It holds nothing. @throws ServiceAccountNameTaken */
  async create(
    manager: EntityManager,
    fields: Omit<ServiceAccountFields, 'isActive'>,
  ): Promise<UserRow> {
    const row = await this.users.create(manager, fields.name);
    const { id, createdAt, updatedAt } = row;
    const said = { id, ...columnsOf(fields), createdAt, updatedAt };
    await refusingTakenNames(manager.getRepository(ServiceAccount).insert(said));
    return row;
  }

  /** The caller holds the lock of its row of `users`. @throws ServiceAccountNameTaken */
  async change(manager: EntityManager, id: string, fields: ServiceAccountFields): Promise<void> {
    const said = { ...columnsOf(fields), updatedAt: this.clock.now() };
    await refusingTakenNames(manager.getRepository(ServiceAccount).update({ id }, said));
    await this.users.change(manager, id, fields);
  }

  /** It ends with its keys and its rights, at once on every node. */
  remove(manager: EntityManager, id: string): Promise<void> {
    return this.users.remove(manager, id);
  }
}

export const responsibleOf = ({
  responsibleUserId,
  responsibleGroupId,
}: Pick<ServiceAccount, 'responsibleUserId' | 'responsibleGroupId'>): Holder | null => {
  if (responsibleUserId !== null) return { type: 'user', id: responsibleUserId };
  return responsibleGroupId === null ? null : { type: 'group', id: responsibleGroupId };
};

export const fieldsOf = (found: FoundServiceAccount): ServiceAccountFields => ({
  name: found.name,
  description: found.description,
  responsible: responsibleOf(found),
  isActive: found.account.isActive,
});

const columnsOf = ({ name, description, responsible }: Omit<ServiceAccountFields, 'isActive'>) => ({
  name,
  nameCanonical: canonicalName(name),
  description,
  responsibleUserId: responsible?.type === 'user' ? responsible.id : null,
  responsibleGroupId: responsible?.type === 'group' ? responsible.id : null,
});

/** `service_accounts_name_canonical_key` decides, whoever comes at the same time. */
async function refusingTakenNames(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (constraintOf(error) !== 'service_accounts_name_canonical_key') throw error;
    throw new ServiceAccountNameTaken({ cause: error });
  }
}
