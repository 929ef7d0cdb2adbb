import type { TrustedDevicesDto } from '../../src/account/two-factor/trusted-devices.dto.js';
import { LogBook } from '../support/audit.js';
import { Browser } from '../support/browser.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { allMailsAreOut } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { DEVICES, Trusting } from '../support/trusting.js';
import { remove } from '../support/users-office.js';

const DAY = 86_400;

describe('A device that its owner trusts', () => {
  let test: TestApp;
  let make: Make;
  let ann: Trusting;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  beforeEach(async () => {
    ann = await Trusting.somebody(test, make);
  });
  afterAll(() => test.close());

  const list = async (client: Client) => (await client.get<TrustedDevicesDto>(DEVICES)).body.items;
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
  const factorTimes = async () => {
    const rows = await test.database.query<{ two_factor_at: Date }[]>(
      'SELECT two_factor_at FROM sessions WHERE user_id = $1 ORDER BY id',
      [ann.id],
    );
    return rows.map(({ two_factor_at }) => two_factor_at.getTime());
  };

  it('is not asked for the second factor; the session is of the level and the time of when it was', async () => {
    const { deviceToken } = await ann.trusts();
    test.clock.forward(DAY);
    const { body } = await ann.begin(deviceToken);
    expect(body.status).toBe('authenticated');
    expect(claimsOf(body.accessToken)).toMatchObject({ amr: ['pwd', 'device'], acr: 'aal2' });
    const [first, second] = await factorTimes();
    expect(second).toBe(first);
  });

  it('is asked as ever if its owner did not say so', async () => {
    const { deviceToken } = await ann.signIn();
    expect(await ann.met(deviceToken)).toBe('two_factor_required');
    expect(await ann.met('ghn_none')).toBe('two_factor_required');
  });

  it('ASVS 7.2.4 has a token that nobody saw before the second factor was shown', async () => {
    const { deviceToken: before } = await ann.signIn();
    const { deviceToken } = await ann.trusts(before);
    expect(deviceToken).not.toBe(before);
    expect(await ann.met(before)).toBe('two_factor_required');
    const [row] = await test.database.query<{ count: number }[]>(
      'SELECT count(*)::int FROM known_devices WHERE user_id = $1',
      [ann.id],
    );
    expect(row?.count).toBe(1);
  });

  it('is asked again after thirty days, however often she signs in', async () => {
    const { deviceToken } = await ann.trusts();
    for (let day = 0; day < 29; day += 7) {
      test.clock.forward(7 * DAY - 100);
      expect(await ann.met(deviceToken)).toBe(day < 28 ? 'authenticated' : 'two_factor_required');
    }
  });

  it('C17 opens nothing without the password, and nobody else’s account with it', async () => {
    const { deviceToken } = await ann.trusts();
    const bob = await Trusting.somebody(test, make);
    expectProblem(await ann.begin(deviceToken, 'not her password'), 401, 'invalid_credentials');
    expect(await bob.met(deviceToken)).toBe('two_factor_required');
    expectProblem(await make.client.as(deviceToken).me(), 401, 'invalid_token');
    expect(await ann.met(deviceToken)).toBe('authenticated');
  });

  it('T80 in a browser that two people use asks the one who does not trust it', async () => {
    const bob = await Trusting.somebody(test, make);
    const browser = new Browser(test);
    const complete = async (who: Trusting, more: object) => {
      const { body } = await browser.signIn(who.made);
      expect(body.status).toBe('two_factor_required');
      const { challengeToken } = body as unknown as { challengeToken: string };
      const shown = { challengeToken, method: 'totp', code: who.app.nextCode(), ...more };
      expect((await browser.post('/v1/auth/login/two-factor', shown)).status).toBe(200);
    };
    await complete(ann, { trustDevice: true });
    expect((await browser.signIn(ann.made)).body.status).toBe('authenticated');
    const device = browser.cookie('device') ?? '';
    await complete(bob, {});
    expect(browser.cookie('device')).not.toBe(device);
    // The browser keeps one device: whoever signs in last is known on it, and the other is asked again.
    expect((await browser.signIn(ann.made)).body.status).toBe('two_factor_required');
  });

  it('is known by its cookie, as by the token that an app keeps', async () => {
    const browser = new Browser(test);
    await browser.signIn(ann.made);
    const { deviceToken } = await ann.trusts();
    browser.plant('device', deviceToken);
    expect((await browser.signIn(ann.made)).body.status).toBe('authenticated');
    await browser.post('/v1/auth/logout');
    expect((await browser.signIn(ann.made)).body.status).toBe('authenticated');
  });

  it('is told to its owner, and to the log book', async () => {
    const { client } = await ann.trusts();
    const mail = await test.outbox.about(ann.made.email, /^A device is not asked/);
    expect(mail.text).toContain('127.0.0.1');
    expect(mail.text).toMatch(/not you, change your password/);
    expect((await remove(client, DEVICES)).status).toBe(204);
    const events = await (await LogBook.of(test)).about(ann.id);
    const trusted = events.filter(({ action }) => action.startsWith('device_'));
    expect(trusted).toMatchObject([
      {
        action: 'device_trusted',
        actorId: ann.id,
        details: { deviceId: expect.any(String) as string },
      },
      { action: 'device_distrusted', actorId: ann.id, details: { reason: 'all_devices' } },
    ]);
  });

  describe('in her list', () => {
    it('is named, and told which one asks, and nothing of what it shows', async () => {
      const first = await ann.trusts();
      const { client } = await ann.trusts();
      const { body, text, headers } = await client.get<TrustedDevicesDto>(DEVICES);
      expect(body.items).toMatchObject([
        { name: "Ann's phone", current: true, userAgent: null },
        { name: "Ann's phone", current: false, userAgent: null },
      ]);
      expect(Object.keys(body.items[0] ?? {})).toEqual(
        'id name userAgent trustedAt trustedUntil lastUsedAt current'.split(' '),
      );
      expect(text).not.toMatch(/gh[a-z]_|secret|hash/i);
      expect(headers['cache-control']).toBe('no-store');
      const again = await ann.begin(first.deviceToken);
      const [latest] = await list(make.client.as(again.body.accessToken));
      expect(latest).toMatchObject({ current: true });
      const lasts = Date.parse(latest?.trustedUntil ?? '') - Date.parse(latest?.trustedAt ?? '');
      expect(lasts).toBe(30 * DAY * 1000);
    });

    it('is not, once the trust is over', async () => {
      await ann.trusts();
      test.clock.forward(30 * DAY);
      const { accessToken } = await ann.signIn();
      expect(await list(make.client.as(accessToken))).toEqual([]);
    });

    it('can be distrusted alone, without a fresh proof', async () => {
      const first = await ann.trusts();
      const second = await ann.trusts();
      const [, older] = await list(second.client);
      test.clock.forward(200);
      const url = `${DEVICES}/${older?.id ?? ''}`;
      expect((await remove(second.client, url)).status).toBe(204);
      expectProblem(await remove(second.client, url), 404, 'not_found');
      expect(await ann.met(first.deviceToken)).toBe('two_factor_required');
      expect(await ann.met(second.deviceToken)).toBe('authenticated');
    });

    it('can be distrusted with all others', async () => {
      const [first, second] = [await ann.trusts(), await ann.trusts()];
      expect((await remove(second.client, DEVICES)).status).toBe(204);
      for (const { deviceToken } of [first, second]) {
        expect(await ann.met(deviceToken)).toBe('two_factor_required');
      }
      expect(await list(second.client)).toEqual([]);
      expect((await second.client.me()).status).toBe(200);
    });

    it('is nobody else’s to see or to distrust', async () => {
      const { deviceToken, client } = await ann.trusts();
      const [device] = await list(client);
      const bob = await make.signedIn();
      expect(await list(bob.client)).toEqual([]);
      await changingNoRow(test, async () => {
        for (const id of [device?.id ?? '', device?.id.toUpperCase() ?? '', '7', '%00']) {
          const { status } = await remove(bob.client, `${DEVICES}/${id}`);
          expect([400, 404]).toContain(status);
        }
        expect((await remove(bob.client, DEVICES)).status).toBe(204);
        expectProblem(await remove(make.client, DEVICES), 401, 'not_authenticated');
      });
      expect(await ann.met(deviceToken)).toBe('authenticated');
    });
  });

  it.each(['yes', 1, null, {}])('is not trusted for a wish like %j', async (trustDevice) => {
    const { challengeToken } = (await ann.begin()).body;
    const shown = { challengeToken, method: 'totp', code: ann.app.nextCode(), trustDevice };
    await allMailsAreOut(test);
    await changingNoRow(test, async () => {
      const answer = await make.client.post('/v1/auth/login/two-factor', shown);
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual(['trustDevice invalid_type']);
    });
  });

  it('is asked for with the first half in vain', async () => {
    const answer = await make.client.post('/v1/auth/login', {
      email: ann.made.email,
      password: ann.made.password,
      trustDevice: true,
    });
    expectProblem(answer, 400, 'validation_failed');
  });
});

describe('Where no device is to be trusted for long', () => {
  it('none is with TRUSTED_DEVICE_AGE=0, and those that were are not any more', async () => {
    const before = await startTestApp();
    const ann = await Trusting.somebody(before, new Make(before));
    const { deviceToken } = await ann.trusts();
    await before.close();
    const test = await startTestApp({ environment: { TRUSTED_DEVICE_AGE: '0' } });
    const make = new Make(test);
    const meet = async (shown: string) => {
      const { email, password } = ann.made;
      const body = { email, password, deviceToken: shown };
      return (await make.client.post<{ status: string }>('/v1/auth/login', body)).body.status;
    };
    expect(await meet(deviceToken)).toBe('two_factor_required');
    const bob = await Trusting.somebody(test, make);
    const known = await bob.signIn();
    const wished = await bob.trusts(known.deviceToken);
    expect(wished.deviceToken).toBe(known.deviceToken);
    expect(await bob.met(wished.deviceToken)).toBe('two_factor_required');
    expect((await wished.client.get<TrustedDevicesDto>(DEVICES)).body.items).toEqual([]);
    await test.close();
  });

  it('a shorter time counts for those that were trusted before', async () => {
    const before = await startTestApp();
    const ann = await Trusting.somebody(before, new Make(before));
    const { deviceToken } = await ann.trusts();
    await before.close();
    const test = await startTestApp({ environment: { TRUSTED_DEVICE_AGE: '3600' } });
    const meet = async () => {
      const { email, password } = ann.made;
      const body = { email, password, deviceToken };
      const answer = await new Make(test).client.post<{ status: string }>('/v1/auth/login', body);
      return answer.body.status;
    };
    test.clock.forward(3500);
    expect(await meet()).toBe('authenticated');
    test.clock.forward(200);
    expect(await meet()).toBe('two_factor_required');
    await test.close();
  });
});
