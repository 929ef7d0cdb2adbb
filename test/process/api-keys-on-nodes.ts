import { ApiKeyRow } from '../../src/api-keys/api-key.entity.js';
import { ApiKey } from '../../src/api-keys/api-key.js';
import { ApiKeyPepper } from '../../src/api-keys/pepper.entity.js';
import { PEPPER_PURPOSE } from '../../src/api-keys/peppers.service.js';
import { userRow } from '../../src/users/new-user.js';
import { User } from '../../src/users/user.entity.js';
import { someEmail } from '../support/make.js';
import { call, type Reply, type TwoNodes } from './two-nodes.js';

const DAY = 86_400_000;

export interface KeyOnNodes {
  readonly id: string;
  readonly userId: string;
  readonly key: string;
}

/** A key of somebody new, written as the server writes it. */
export async function keyOnNodes(
  { database, ring }: TwoNodes,
  given: Partial<ApiKeyRow> = {},
): Promise<KeyOnNodes> {
  const now = new Date();
  const user = userRow({ email: someEmail(), passwordHash: null, emailVerified: true }, now);
  await database.getRepository(User).insert(user);
  const pepper = await database.getRepository(ApiKeyPepper).findOneByOrFail({});
  const key = ApiKey.issue('test');
  await database.getRepository(ApiKeyRow).insert({
    id: key.id,
    userId: user.id,
    name: 'a server',
    environment: 'test',
    secretMac: key.mac(ring.open(PEPPER_PURPOSE, pepper.id, pepper.sealedPepper)),
    pepperId: pepper.id,
    isScoped: false,
    allowedIps: [],
    createdAt: now,
    expiresAt: new Date(now.getTime() + 365 * DAY),
    ...given,
  });
  return { id: key.id, userId: user.id, key: key.reveal() };
}

/** Calls one of the nodes with it. */
export const callByKey = (
  { urls }: TwoNodes,
  node: number,
  { key }: Pick<KeyOnNodes, 'key'>,
  path = '/v1/users/me',
): Promise<Reply> => call('GET', `${urls[node] ?? ''}${path}`, { 'x-api-key': key });
