import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp } from '../support/test-app.js';
import { withDatabase } from '../support/test-database.js';
import { WireTap } from '../support/wire-tap.js';

jest.setTimeout(40_000);

describe('A server that starts while its database', () => {
  const url = process.env['DATABASE_URL'] ?? '';
  let wire: WireTap;

  beforeEach(async () => {
    wire = await WireTap.before(url);
  });
  afterEach(() => wire.cut());

  const expectReady = async (starting: ReturnType<typeof startTestApp>) => {
    const test = await starting;
    expect((await test.app.inject({ url: '/health/ready' })).statusCode).toBe(200);
    await test.close();
  };

  it('answers nothing for some seconds, starts', async () => {
    wire.goMute();
    const starting = startTestApp({ environment: { DATABASE_URL: wire.url } });
    await sleep(3500); // longer than one attempt waits
    await wire.reconnect();
    await expectReady(starting);
  });

  it('refuses connections for a moment, starts', async () => {
    await wire.cut();
    const starting = startTestApp({ environment: { DATABASE_URL: wire.url } });
    await sleep(1000);
    await wire.reconnect();
    await expectReady(starting);
  });

  it('says that there is no such database, does not start', async () => {
    const environment = { DATABASE_URL: withDatabase(url, 'there_is_no_such_database') };
    await expect(startTestApp({ environment })).rejects.toThrow(/does not exist/);
  });
});
