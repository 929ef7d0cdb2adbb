import type { AddressInfo } from 'node:net';
import { Chromium, hasChromium } from '../support/chromium.js';
import { Make } from '../support/make.js';
import { resetTokenFor } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

const NEW_PASSWORD = 'a heron sleeps on the roof';
const withBrowser = hasChromium ? describe : describe.skip;

withBrowser('The page for a new password, in a real browser', () => {
  let test: TestApp;
  let make: Make;
  let browser: Chromium;
  let url = '';

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    await test.app.listen(0, '127.0.0.1');
    const { port } = test.app.getHttpServer().address() as AddressInfo;
    url = `http://127.0.0.1:${String(port)}/reset-password`;
    browser = await Chromium.start();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });

  const type = (password: string) =>
    browser.look(`{
      document.querySelector('#password').value = ${JSON.stringify(password)};
      document.querySelector('form button').click();
    }`);

  it('says why a password is refused, takes a better one, and forgets the token', async () => {
    const { email } = await make.user();
    const token = await resetTokenFor(test, email);
    await browser.open(`${url}#token=${token}`);
    await browser.sees('Choose a new password');
    await type('short');
    await browser.sees('This password is too short.');
    await type(NEW_PASSWORD);
    await browser.sees('Your new password is in force');
    expect(await browser.look('location.href')).toBe(url);
    expect(await browser.look(`document.querySelector('form').hidden`)).toBe(true);
    expect((await make.client.login(email, NEW_PASSWORD)).status).toBe(200);
  });

  it('says at once that a link does not work any more, or is not whole', async () => {
    const { email } = await make.user();
    const replaced = await resetTokenFor(test, email);
    await resetTokenFor(test, email);
    await browser.open(`${url}#token=${replaced}`);
    await browser.sees('is not valid. It was used already');
    await browser.open(url);
    await browser.sees('This link is not complete.');
    expect(await browser.look(`document.querySelector('form').hidden`)).toBe(true);
  });

  it('keeps within its policy', () => {
    expect(browser.complaints.filter((text) => !/status of 400|^\[DOM\]/.test(text))).toEqual([]);
  });
});
