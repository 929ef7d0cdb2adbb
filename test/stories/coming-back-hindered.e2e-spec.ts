import { Make } from '../support/make.js';
import { allMailsAreOut } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const HOUR = 3600;

/** A thief deleted the account, and sees to it that its owner's link never works. */
describe('A stranger who asks for the link to come back again and again', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const ask = (email: string) => make.client.post('/v1/auth/reactivation', { email });
  const undo = (token: string) => make.client.post('/v1/auth/deletion/undo', { token });
  const deleted = async () => {
    const { client, email } = await make.signedIn();
    await client.send({ method: 'DELETE', url: '/v1/users/me' });
    await test.outbox.waitFor(email);
    return email;
  };

  it('cannot keep the owner from the newest link that she was mailed', async () => {
    const email = await deleted();
    for (let i = 0; i < 3; i++) {
      await ask(email);
      await test.outbox.waitFor(email, i + 2);
    }
    const token = await test.outbox.tokenFor(email, 4);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(email)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    await allMailsAreOut(test);
    expect(test.outbox.to(email)).toHaveLength(4);
    expect((await undo(token)).status).toBe(204);
  });

  it('does not keep her from asking an hour later', async () => {
    const email = await deleted();
    for (let i = 0; i < 9; i++) await ask(email);
    await allMailsAreOut(test);
    const before = test.outbox.to(email).length;
    test.clock.forward(HOUR);
    await ask(email);
    expect((await undo(await test.outbox.tokenFor(email, before + 1))).status).toBe(204);
  });
});
