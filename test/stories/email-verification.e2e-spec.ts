import { OneTimeSweepService } from '../../src/account/proof/one-time-sweep.service.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const HOUR = 3600;

/** Security catalogue 4.H: what the mail says, who may follow its link, how often it comes. */
describe('Proving an address', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { HASH_QUEUE: '64', ...MANY_MAILS } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const registered = async (name?: string) => {
    const email = someEmail(name);
    await make.client.register(email, GOOD_PASSWORD);
    return { email, token: await test.outbox.tokenFor(email) };
  };
  const resend = (email: string) => make.client.post('/v1/auth/email/verification', { email });

  describe('by link', () => {
    it('works once, also for fifty at once', async () => {
      const { token } = await registered();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => make.client.verify(token)),
      );
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    });

    it.each(['GET', 'HEAD', 'OPTIONS'] as const)(
      'H16 a scanner that opens it by %s changes nothing',
      async (method) => {
        const { email, token } = await registered();
        const [mail] = test.outbox.to(email);
        const links = mail!.text.match(/http\S+/g)!;
        expect(links).toHaveLength(2);
        await changingNoRow(test, async () => {
          for (const link of links) {
            const { pathname, search } = new URL(link);
            await make.client.send({ method, url: pathname + search });
            await make.client.send({ method, url: `/v1/auth/email/verify?token=${token}` });
            await make.client.send({ method, url: `/v1/auth/email/deny?token=${token}` });
          }
        });
        expect(await make.client.verify(token)).toMatchObject({ status: 204 });
      },
    );

    it('H10 keeps its token where no server and no log sees it', async () => {
      const { email, token } = await registered();
      for (const link of test.outbox.to(email)[0]!.text.match(/http\S+/g)!) {
        expect(new URL(link).hash).toContain(token);
        expect(link.split('#')[0]).toBe('http://localhost:3000/verify-email');
      }
      expect(test.logged.join('\n')).not.toContain(token);
    });
  });

  it('leaves nothing behind a day after the link is over', async () => {
    const { email } = await registered();
    const rows = () =>
      test.database.query<object[]>('SELECT 1 FROM one_time_tokens WHERE email = $1', [email]);
    const sweep = () => test.app.get(OneTimeSweepService, { strict: false }).sweep();
    test.clock.forward(47 * HOUR);
    await sweep();
    expect(await rows()).toHaveLength(1);
    test.clock.forward(2 * HOUR);
    await sweep();
    expect(await rows()).toEqual([]);
  });

  describe('says what is confirmed', () => {
    it('when and from where, and not a word that somebody typed', async () => {
      const email = someEmail();
      const answer = await make.client.send({
        method: 'POST',
        url: '/v1/auth/register',
        remoteAddress: '203.0.113.7',
        headers: { 'content-type': 'application/json', 'user-agent': 'Win a prize at bad.test' },
        payload: JSON.stringify({
          email,
          password: GOOD_PASSWORD,
          firstName: 'Win a prize at bad.test',
          organization: 'prize.test',
        }),
      });
      expect(answer).toMatchObject({ status: 202 });
      const [mail] = await test.outbox.waitFor(email);
      const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });
      expect(mail?.text).toContain(`When: ${day.format(test.clock.now())}`);
      expect(mail?.text).toContain('IP address: 203.0.113.7\nDevice: –');
      expect(mail!.text + mail!.html + mail!.subject).not.toMatch(/bad\.|prize/);
    });

    it('of the registration, whoever asked for another mail and from wherever', async () => {
      const email = someEmail();
      const from = (remoteAddress: string, url: string, body: object) =>
        make.client.send({
          method: 'POST',
          url,
          remoteAddress,
          headers: { 'content-type': 'application/json' },
          payload: JSON.stringify(body),
        });
      await from('203.0.113.7', '/v1/auth/register', { email, password: GOOD_PASSWORD });
      await from('198.51.100.9', '/v1/auth/email/verification', { email });
      const mails = await test.outbox.waitFor(email, 2);
      expect(mails[1]?.text).toContain('203.0.113.7');
      expect(mails[1]?.text).not.toContain('198.51.100.9');
    });

    it('and that it took the place of an earlier registration, if it did', async () => {
      const { email } = await registered();
      await make.client.register(email, GOOD_PASSWORD);
      await resend(email);
      const [first, second, third] = await test.outbox.waitFor(email, 3);
      expect(first?.text).not.toMatch(/earlier registration/);
      expect(second?.text).toMatch(/earlier registration/);
      expect(third?.text).toMatch(/earlier registration/);
    });
  });

  describe('mailed again', () => {
    it('H14 is sent five times in an hour at most, and then again', async () => {
      const { email } = await registered();
      for (let i = 0; i < 20; i++) expect(await resend(email)).toMatchObject({ status: 202 });
      test.clock.forward(HOUR + 1);
      await resend(email);
      await test.outbox.waitFor(email, 7);
      await registered(); // what is queued later is delivered later
      expect(test.outbox.to(email)).toHaveLength(7);
    });

    it('is counted for each account, also fifty at once', async () => {
      const { email } = await registered();
      await Promise.all(Array.from({ length: 50 }, () => resend(email)));
      const [row] = await test.database.query<object[]>(
        'SELECT resent FROM one_time_tokens WHERE email = $1',
        [email],
      );
      expect(row).toEqual({ resent: 5 });
      const { email: another } = await registered();
      await resend(another);
      await test.outbox.waitFor(another, 2);
      const proofs = await Promise.all(
        test.outbox.to(email).map(({ text }) => make.client.verify(/ghv_\w+/.exec(text)![0])),
      );
      expect(proofs.filter(({ status }) => status === 204)).toHaveLength(1);
    });
  });
});
