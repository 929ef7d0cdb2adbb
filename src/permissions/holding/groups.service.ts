import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { canonicalName } from '../../common/canonical-name.js';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import { constraintOf } from '../../database/database-errors.js';
import { TwoFactorMarks } from '../demands/two-factor-marks.service.js';
import { GroupNameTaken } from '../permissions.errors.js';
import { Group } from './group.entity.js';
import { RightsService } from './rights.service.js';

export type GroupFields = Pick<Group, 'name' | 'description' | 'requiresTwoFactor'>;

/** The only place that writes `groups`. Who may do so is the caller's to see to. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly rights: RightsService,
    private readonly marks: TwoFactorMarks,
  ) {}

  /** @throws NotFound */
  async get(id: string): Promise<Group> {
    const group = await this.dataSource.getRepository(Group).findOneBy({ id }); // groups_pkey
    if (group === null) throw new NotFound();
    return group;
  }

  /**
   * The group as it is, and stays until this transaction ends. Whoever changes what it holds or contains takes this
   * lock first: one at a time.
   *
   * @throws NotFound
   */
  async lock(manager: EntityManager, id: string): Promise<Group> {
    const group = await manager
      .getRepository(Group)
      .createQueryBuilder('held')
      .setLock('for_no_key_update')
      .where('held.id = :id', { id }) // groups_pkey
      .getOne();
    if (group === null) throw new NotFound();
    return group;
  }

  /** @throws GroupNameTaken */
  async create(
    manager: EntityManager,
    { name, description }: Omit<GroupFields, 'requiresTwoFactor'>,
  ): Promise<Group> {
    const now = this.clock.now();
    const group: Group = {
      id: uuidv7({ msecs: now.getTime() }),
      name,
      nameCanonical: canonicalName(name),
      description,
      requiresTwoFactor: false,
      createdAt: now,
      updatedAt: now,
    };
    await refusingTakenNames(manager.getRepository(Group).insert(group));
    return group;
  }

  /** @throws GroupNameTaken */
  async change(
    manager: EntityManager,
    group: Group,
    changes: Partial<GroupFields>,
  ): Promise<Group> {
    const {
      name = group.name,
      description = group.description,
      requiresTwoFactor = group.requiresTwoFactor,
    } = changes;
    const nameCanonical = canonicalName(name);
    const updatedAt = this.clock.now();
    const changed = { name, nameCanonical, description, requiresTwoFactor, updatedAt };
    await refusingTakenNames(manager.getRepository(Group).update({ id: group.id }, changed));
    if (requiresTwoFactor !== group.requiresTwoFactor) this.marks.announce(manager);
    return Object.assign(group, changed);
  }

  /** With it goes all that it holds, and everybody's being in it. */
  async remove(manager: EntityManager, { id }: Group): Promise<void> {
    await manager.getRepository(Group).delete({ id });
    this.rights.announceEverything(manager);
    this.marks.announce(manager);
  }
}

/** `groups_name_canonical_key` decides, whoever comes at the same time. */
async function refusingTakenNames(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (constraintOf(error) !== 'groups_name_canonical_key') throw error;
    throw new GroupNameTaken({ cause: error });
  }
}
