import type { ApiKeyRow } from '../../src/api-keys/api-key.entity.js';
import { ApiKeysService, type NewApiKey } from '../../src/api-keys/api-keys.service.js';
import { Client } from './client.js';
import type { TestApp } from './test-app.js';

const DAY = 86_400_000;

export interface MadeKey {
  readonly id: string;
  readonly key: string;
  readonly row: ApiKeyRow;
  /** Calls with it. */
  readonly client: Client;
}

/** A key as its owner would make it, without asking who does it. */
export async function makeKey(
  test: TestApp,
  ownerId: string,
  given: Partial<NewApiKey> = {},
): Promise<MadeKey> {
  const keys = test.app.get(ApiKeysService, { strict: false });
  const { key, row } = await test.database.transaction((manager) =>
    keys.issue(manager, {
      ownerId,
      name: 'a server',
      allowedIps: [],
      rateLimit: null,
      startsAt: null,
      expiresAt: new Date(test.clock.millis() + 365 * DAY),
      rotatedFrom: null,
      createdBy: ownerId,
      ...given,
    }),
  );
  const text = key.reveal();
  return { id: key.id, key: text, row, client: new Client(test).withKey(text) };
}
