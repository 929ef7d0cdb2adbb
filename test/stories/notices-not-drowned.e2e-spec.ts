import { Make, someEmail } from '../support/make.js';
import { allMailsAreOut } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';

/** A mailbox gets a few notices a minute: nobody may use them up before the one that tells of him. */
describe('Somebody who registers with an address that arrives in a mailbox of another', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { EMAIL_VERIFICATION: 'optional' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const changePassword = async (email: string, times: number) => {
    const { body } = await make.client.login(email, 'a violet rides the tram');
    const me = make.client.as(body.accessToken);
    let currentPassword = 'a violet rides the tram';
    for (let i = 0; i < times; i++) {
      const newPassword = `heron number ${String(i)} by the weir`;
      const answer = await me.post('/v1/auth/password/change', { currentPassword, newPassword });
      expect(answer.status).toBe(204);
      currentPassword = newPassword;
    }
  };

  it('does not hold back what its owner must know', async () => {
    const { email, password } = await make.user();
    await make.client.login(email, password);
    const squatted = email.replace('@', '+x@');
    await make.client.register(squatted, 'a violet rides the tram');
    await changePassword(squatted, 12);
    await allMailsAreOut(test);

    await make.client.login(email, password); // from a device that is new
    const [mail] = await test.outbox.waitFor(email);
    expect(mail?.subject).toMatch(/new device/i);
  });

  it('though every flow that mails to anybody was called again and again', async () => {
    const { email, password } = await make.user();
    await make.client.login(email, password);
    const { client } = await make.signedIn();
    for (let i = 0; i < 8; i++) {
      await make.client.register(email, 'a violet rides the tram');
      await make.client.forgot(email);
      await make.client.post('/v1/auth/email/verification', { email });
      await make.client.post('/v1/auth/reactivation', { email });
      await client.post('/v1/auth/email/change', {
        newEmail: email,
        password: 'a violet rides the tram',
      });
      await make.client.login(email, WRONG);
      await make.client.forgot(someEmail());
    }
    await allMailsAreOut(test);
    expect(test.outbox.to(email).length).toBeLessThanOrEqual(5);
    await make.client.login(email, password);
    const mails = await test.outbox.waitFor(email, test.outbox.to(email).length + 1);
    expect(mails.at(-1)?.subject).toMatch(/new device/i);
  });
});
