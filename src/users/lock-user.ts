import type { EntityManager } from 'typeorm';
import { User } from './user.entity.js';
import type { UserWithSecret } from './users.service.js';

/**
 * The user as she is now, and stays until this transaction ends. Whoever changes what hangs on a user (her
 * password, her links, her sessions) takes this lock first.
 */
export async function lockUser(
  manager: EntityManager,
  id: string,
): Promise<UserWithSecret | undefined> {
  const user = await manager
    .getRepository(User)
    .createQueryBuilder('user')
    .addSelect('user.passwordHash')
    .setLock('for_no_key_update')
    .where('user.id = :id', { id }) // users_pkey
    .getOne();
  return user ? { user, passwordHash: user.passwordHash } : undefined;
}

/**
 * These users as they are now, and stay until this transaction ends. In the order of their ids, so that two who lock
 * each other do not wait in a ring.
 */
export async function lockUsers(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, User>> {
  const users = await manager
    .getRepository(User)
    .createQueryBuilder('user')
    .setLock('for_no_key_update')
    .where('user.id = ANY(:ids)', { ids }) // users_pkey
    .orderBy('user.id')
    .getMany();
  return new Map(users.map((user) => [user.id, user]));
}
