import { serviceAccountPermissions } from '../../src/service-accounts/service-accounts.permissions.js';
import { makeKey } from '../support/api-keys.js';
import { Client } from '../support/client.js';
import { heard } from '../support/heard.js';
import { expectProblem } from '../support/problems.js';
import { makeServiceAccount } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, Office, remove } from '../support/users-office.js';

describe('A service account, on every node', () => {
  let here: TestApp;
  let there: TestApp;
  let clerk: Clerk;

  beforeAll(async () => {
    [here, there] = [await startTestApp(), await startTestApp()];
    clerk = await new Office(here).clerk(Object.values(serviceAccountPermissions));
  });
  afterAll(async () => {
    await here.close();
    await there.close();
  });

  it('is refused as soon as it is switched off or deleted on another one', async () => {
    const { id } = await makeServiceAccount(here);
    const { key } = await makeKey(here, id);
    const server = new Client(there).withKey(key);
    const url = `/v1/service-accounts/${id}`;
    const status = async () => (await server.me()).status;
    expect(await status()).toBe(200);
    await clerk.client.patch(url, { isActive: false });
    await heard(there);
    expectProblem(await server.me(), 401, 'invalid_token');
    await clerk.client.patch(url, { isActive: true });
    await heard(there);
    expect(await status()).toBe(200);
    expect((await remove(clerk.client, url)).status).toBe(204);
    await heard(there);
    expectProblem(await server.me(), 401, 'invalid_token');
  });

  it('loses a key as soon as it is revoked on another one', async () => {
    const { id } = await makeServiceAccount(here);
    const { id: keyId, key } = await makeKey(here, id);
    const server = new Client(there).withKey(key);
    expect((await server.me()).status).toBe(200);
    const url = `/v1/service-accounts/${id}/api-keys/${keyId}`;
    expect((await remove(clerk.client, url)).status).toBe(204);
    await heard(there);
    expectProblem(await server.me(), 401, 'invalid_token');
  });
});
