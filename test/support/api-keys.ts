import { ApiKeyRow } from '../../src/api-keys/api-key.entity.js';
import { ApiKeysService, type NewApiKey } from '../../src/api-keys/api-keys.service.js';
import { Client } from './client.js';
import { behindItsBack } from './heard.js';
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

/** Gives it a successor beside which it works for so many seconds more. */
export async function retireKey(test: TestApp, old: MadeKey, seconds = 3600): Promise<MadeKey> {
  const successor = await makeKey(test, old.row.userId, { rotatedFrom: old.id });
  const until = new Date(test.clock.millis() + seconds * 1000);
  await behindItsBack(test, 'UPDATE api_keys SET retires_at = $2 WHERE id = $1', [old.id, until]);
  return successor;
}

/** As the table has it. */
export async function keyRow(test: TestApp, id: string): Promise<ApiKeyRow> {
  return test.database.getRepository(ApiKeyRow).findOneByOrFail({ id });
}
