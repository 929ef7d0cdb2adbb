import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { hasChromium } from '../support/chromium.js';
import { launchChromium, openWithAuthenticator, PageServer } from '../support/passkey-page.js';
import { claimsOf, type LoggedIn, PasskeyPage, type PasskeyView } from '../support/passkeys.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(180_000);

interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

const withBrowser = hasChromium ? describe : describe.skip;
if (!hasChromium) console.warn('No chromium: passkeys in a real browser are not tried');

withBrowser('A passkey in a real browser', () => {
  const [ours, evil] = [new PageServer(), new PageServer()];
  let test: TestApp;
  let passkeys: PasskeyPage;
  let browser: Browser;

  beforeAll(async () => {
    await ours.listen();
    await evil.listen();
    test = await startTestApp({ environment: { CORS_ORIGINS: ours.origin() } });
    passkeys = new PasskeyPage(test);
    await test.app.listen(0, '127.0.0.1');
    const { port } = test.app.getHttpServer().address() as AddressInfo;
    ours.api = evil.api = `http://localhost:${String(port)}`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
    await ours.close();
    await evil.close();
  });

  /** The value of an expression in the page. */
  const look = <T>(page: Page, expression: string): Promise<T> => page.evaluate<T>(expression);
  const registered = async () => {
    const ann = await passkeys.make.signedIn();
    const page = await openWithAuthenticator(browser, ours.origin());
    const { status, body } = await look<Answer<PasskeyView>>(
      page,
      `register(${JSON.stringify(ann.token)}, "Ann's laptop")`,
    );
    expect([status, body.name]).toEqual([201, "Ann's laptop"]);
    return { ...ann, page, passkey: body };
  };

  it('is registered, and signs in alone', async () => {
    const { page, passkey } = await registered();
    expect(passkey).toMatchObject({ canSignInAlone: true, transports: ['internal'] });
    const { status, body } = await look<Answer<LoggedIn>>(page, 'signIn()');
    expect([status, body.status]).toEqual([200, 'authenticated']);
    expect(claimsOf(body.accessToken)).toMatchObject({ amr: ['hwk', 'user', 'mfa'], acr: 'aal2' });
  });

  it('is the second factor after a password, and proves it again within a session', async () => {
    const { page, email, password } = await registered();
    const credentials = `${JSON.stringify(email)}, ${JSON.stringify(password)}`;
    const { status, body } = await look<Answer<LoggedIn>>(
      page,
      `signInWithPassword(${credentials})`,
    );
    expect([status, body.status]).toEqual([200, 'authenticated']);
    expect(claimsOf(body.accessToken)).toMatchObject({ amr: ['pwd', 'hwk', 'user', 'mfa'] });
    const again = `proveAgain(${JSON.stringify(body.accessToken)})`;
    expect(await look<Answer<string>>(page, again)).toEqual({ status: 204, body: '' });
  });

  it('is not made twice by one authenticator', async () => {
    const { page, token } = await registered();
    const again = look(page, `register(${JSON.stringify(token)}, 'Again')`);
    await expect(again).rejects.toThrow('InvalidStateError');
  });

  it('is nothing that the page of another origin could bring here, though the browser shows it', async () => {
    const { page } = await registered();
    await page.goto(evil.origin());
    const options = JSON.stringify(await passkeys.request());
    const assertion = await look<object>(page, `show(${options})`);
    expect((await passkeys.signIn(assertion)).status).toBe(401);
    await page.goto(ours.origin());
    const ofOurs = JSON.stringify(await passkeys.request());
    const right = await look<object>(page, `show(${ofOurs})`);
    expect((await passkeys.signIn(right)).status).toBe(200);
  });

  it('is shown to no page of another host at all', async () => {
    const { page } = await registered();
    await page.goto(evil.origin('127.0.0.1'));
    const options = JSON.stringify(await passkeys.request());
    await expect(look(page, `show(${options})`)).rejects.toThrow('SecurityError');
  });
});
