import { ApiKeyWarnings } from '../../src/account/api-keys/api-key-warnings.service.js';
import { ApiKeySweepService } from '../../src/api-keys/api-key-sweep.service.js';
import { ApiKeysService } from '../../src/api-keys/api-keys.service.js';
import { DueWarnings } from '../../src/api-keys/due-warnings.service.js';
import { Mailer } from '../../src/mail/mailer.js';
import { Postman } from '../../src/mail/postman.js';
import { ResponsibleService } from '../../src/service-accounts/responsible.service.js';
import type { UserRow } from '../../src/users/new-user.js';
import { keyRow, makeKey, type MadeKey, retireKey } from '../support/api-keys.js';
import { withOwnDatabase } from '../support/audit.js';
import { Make } from '../support/make.js';
import type { SentMail } from '../support/outbox.js';
import { makeServiceAccount } from '../support/service-accounts.js';
import type { TestApp } from '../support/test-app.js';

const DAY = 86_400;

describe('That an API key will end', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;
  let warnings: ApiKeyWarnings;

  beforeAll(async () => {
    own = await withOwnDatabase('warnings');
    test = await own.start();
    warnings = test.app.get(ApiKeyWarnings, { strict: false });
  });
  beforeEach(() => test.database.query('DELETE FROM api_keys'));
  afterAll(async () => {
    await test.close();
    await own.drop();
  });

  const keyFor = async (days: number, given: Partial<UserRow> = {}) => {
    const { user, email } = await new Make(test).user(given);
    const expiresAt = new Date(test.clock.millis() + days * DAY * 1000);
    const made = await makeKey(test, user.id, { name: 'night tram', expiresAt });
    return { ...made, email, expiresAt };
  };
  const change = (
    work: (keys: ApiKeysService, manager: TestApp['database']['manager']) => unknown,
  ) =>
    test.database.transaction(async (manager) => {
      await work(test.app.get(ApiKeysService, { strict: false }), manager);
    });
  const forward = (days: number) => {
    test.clock.forward(days * DAY);
  };
  const sent = async (email: string): Promise<SentMail[]> => {
    await test.app.get(Postman, { strict: false }).idle();
    return test.outbox.to(email);
  };
  const nextOf = async ({ id }: Pick<MadeKey, 'id'>) => (await keyRow(test, id)).nextWarningAt;

  it('is mailed to its owner 30, 7 and 1 days before, and then never again', async () => {
    const key = await keyFor(365);
    const told: number[] = [];
    for (let day = 365; day > -5; day--) {
      const before = (await sent(key.email)).length;
      await warnings.warn();
      if ((await sent(key.email)).length > before) told.push(day);
      forward(1);
    }
    expect(told).toEqual([30, 7, 1]);
    expect(await nextOf(key)).toBeNull();
  });

  it('is said by its name, how it begins, the day and what to do; not what it is', async () => {
    const key = await keyFor(8);
    forward(1.5);
    await warnings.warn();
    const [mail] = await sent(key.email);
    const day = key.expiresAt.toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });
    const [head = '', environment = '', id = '', secret = ''] = key.key.split('_');
    expect(mail!.subject).toBe('An API key will end');
    for (const text of [mail!.text, mail!.html]) {
      expect(text).toContain('night tram');
      expect(text).toContain(`${head}_${environment}_${id}`);
      expect(text).toContain(day);
      expect(text).toMatch(/Rotate it/);
      expect(text).not.toContain(secret);
    }
  });

  it('is said in the language of its owner, and her name for it harms no mail', async () => {
    const { user, email } = await new Make(test).user({ locale: 'de' });
    const expiresAt = new Date(test.clock.millis() + 8 * DAY * 1000);
    await makeKey(test, user.id, { name: '<b>& {{link}}', expiresAt });
    forward(2);
    await warnings.warn();
    const [mail] = await sent(email);
    expect(mail!.subject).toBe('Ein API-Schlüssel läuft ab');
    expect(mail!.text).toContain('<b>& {{link}}');
    expect(mail!.html).not.toContain('<b>&');
  });

  it('is told once, by whichever of twenty nodes', async () => {
    const keys = await Promise.all(Array.from({ length: 5 }, () => keyFor(8)));
    forward(2);
    const nodes = Array.from({ length: 20 }, () => {
      const get = <T>(type: new (...given: never[]) => T) => test.app.get(type, { strict: false });
      return new ApiKeyWarnings(
        test.database,
        get(DueWarnings),
        get(ResponsibleService),
        get(Mailer),
      );
    });
    const counts = await Promise.all(nodes.map((node) => node.warn()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
    for (const { email } of keys) expect(await sent(email)).toHaveLength(1);
  });

  it('is told by the next node if the first one stops on its way', async () => {
    const key = await keyFor(8);
    forward(2);
    const broken = jest
      .spyOn(test.app.get(Mailer, { strict: false }), 'enqueue')
      .mockRejectedValueOnce(new Error('stopped'));
    await expect(warnings.warn()).rejects.toThrow('stopped');
    broken.mockRestore();
    expect(await sent(key.email)).toHaveLength(0);
    await warnings.warn();
    expect(await sent(key.email)).toHaveLength(1);
  });

  it('is told once by a service that was off when it should have been told twice', async () => {
    const key = await keyFor(40);
    forward(35);
    await warnings.warn();
    expect(await sent(key.email)).toHaveLength(1);
    expect(await nextOf(key)).toEqual(new Date(key.expiresAt.getTime() - DAY * 1000));
  });

  it('is no news of keys that are revoked, switched off, on their way out or over', async () => {
    const [revoked, off, retiring, over] = await Promise.all(
      [8, 8, 8, 1.5].map((days) => keyFor(days)),
    );
    const now = test.clock.now();
    await change((keys, manager) => keys.revoke(manager, revoked!.id));
    await change((keys, manager) => keys.change(manager, off!.id, { disabledAt: now }));
    await change((keys, manager) =>
      keys.retire(manager, retiring!.id, new Date(now.getTime() + 1)),
    );
    const bySql = await keyFor(8); // even if somebody forgot to take the warning off
    await retireKey(test, bySql, 7 * DAY);
    forward(2);
    await warnings.warn();
    for (const { email } of [revoked!, off!, retiring!, over!, bySql]) {
      expect(await sent(email)).toHaveLength(0);
    }
  });

  it('is told at the next time of a key that is switched on again', async () => {
    const key = await keyFor(8);
    const switchTo = (disabledAt: Date | null) =>
      change((keys, manager) => keys.change(manager, key.id, { disabledAt }));
    await switchTo(test.clock.now());
    forward(2);
    await warnings.warn();
    await switchTo(null);
    await warnings.warn();
    expect(await sent(key.email)).toHaveLength(0);
    forward(5.5);
    await warnings.warn();
    expect(await sent(key.email)).toHaveLength(1);
  });

  it('is told to whoever answers for the service account that has it', async () => {
    const { user, email } = await new Make(test).user();
    const robot = await makeServiceAccount(test, { responsible: { type: 'user', id: user.id } });
    const expiresAt = new Date(test.clock.millis() + 8 * DAY * 1000);
    await makeKey(test, robot.id, { expiresAt });
    forward(2);
    await warnings.warn();
    expect((await sent(email)).map(({ subject }) => subject)).toEqual(['An API key will end']);
  });

  it('is told to nobody whose account is closed', async () => {
    const key = await keyFor(8);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [key.row.userId]);
    forward(2);
    await warnings.warn();
    expect(await sent(key.email)).toHaveLength(0);
  });

  describe('and has ended', () => {
    const sweep = () => test.app.get(ApiKeySweepService, { strict: false }).sweep();
    const rows = () => test.database.query<{ id: string }[]>('SELECT id FROM api_keys');

    it('can be looked at for 30 days, however it ended', async () => {
      const over = await keyFor(100);
      const revoked = await keyFor(365);
      const retired = await keyFor(365);
      const successor = await retireKey(test, retired, 100 * DAY);
      forward(100);
      await change((keys, manager) => keys.revoke(manager, revoked.id));
      forward(29.9);
      expect(await sweep()).toBe(0);
      expect(await rows()).toHaveLength(4);
      forward(0.2);
      expect(await sweep()).toBe(3);
      expect(await rows()).toEqual([{ id: successor.id }]);
      expect((await successor.client.me()).status).toBe(200);
      expect(over.id).not.toBe(successor.id);
    });
  });
});
