import { Make, someEmail } from '../support/make.js';
import { everyMailSent } from '../support/post.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ATTACKERS = 'the attacker waits here';
const VICTIMS = 'the victim comes later on';

/** Security catalogue 4.H22: who registers somebody else's address gains nothing. */
describe('An address that a stranger registered before its owner', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { HASH_QUEUE: '64' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const rowsOfAddress = (email: string) =>
    test.database.query<{ first_name: string; is_staff: boolean }[]>(
      'SELECT first_name, is_staff FROM users WHERE email_canonical = $1',
      [email.toLowerCase()],
    );

  it('belongs with the later password to whoever proves it', async () => {
    const { client } = make;
    const email = someEmail('victim');
    await client.register(email, ATTACKERS, { firstName: 'Mallory', organization: 'Evil Ltd' });
    const older = await test.outbox.tokenFor(email);
    await client.register(email, VICTIMS, { firstName: 'Vera' });
    const newer = await test.outbox.tokenFor(email, 2);

    expect(await client.verify(older)).toMatchObject({
      status: 400,
      body: { code: 'token_invalid' },
    });
    expect(await client.verify(newer)).toMatchObject({ status: 204 });
    expect(await client.login(email, ATTACKERS)).toMatchObject({ status: 401 });
    const { body } = await client.login(email, VICTIMS);
    expect(body.user).toMatchObject({ firstName: 'Vera', organization: null });
    expect(await rowsOfAddress(email)).toHaveLength(1);
  });

  it('is found again under any casing', async () => {
    const email = someEmail('victim');
    await make.client.register(email.toUpperCase(), ATTACKERS);
    await test.outbox.waitFor(email.toUpperCase());
    await make.client.register(email, VICTIMS);
    await make.client.verify(await test.outbox.tokenFor(email));
    expect(await make.client.login(email, ATTACKERS)).toMatchObject({ status: 401 });
    expect(await make.client.login(email, VICTIMS)).toMatchObject({ status: 200 });
    expect(await rowsOfAddress(email)).toHaveLength(1);
  });

  it('cannot be taken back by registering again after the proof', async () => {
    const { client } = make;
    const email = someEmail('victim');
    await client.register(email, VICTIMS);
    await client.verify(await test.outbox.tokenFor(email));
    await client.register(email, ATTACKERS);
    await test.outbox.waitFor(email, 2);
    expect(await client.login(email, ATTACKERS)).toMatchObject({ status: 401 });
    expect(await client.login(email, VICTIMS)).toMatchObject({ status: 200 });
  });

  it.each([
    ['a member of staff', { isStaff: true }],
    ['a superuser', { isSuperuser: true }],
    ['a deactivated user', { isActive: false }],
  ])('is not replaced when it is that of %s', async (_, given) => {
    const { email } = await make.user({ ...given, emailVerifiedAt: null, firstName: 'Vera' });
    const [before] = await rowsOfAddress(email);
    await make.client.register(email, ATTACKERS, { firstName: 'Mallory' });
    await test.outbox.waitFor(email);
    expect(test.outbox.to(email)[0]?.text).not.toMatch(/ghv_/);
    expect(await rowsOfAddress(email)).toEqual([before]);
  });

  it('H17 is not proved by a link that was mailed to another address', async () => {
    const email = someEmail('old');
    await make.client.register(email, VICTIMS);
    const token = await test.outbox.tokenFor(email);
    const moved = someEmail('new');
    await test.database.query(
      'UPDATE users SET email = $2, email_canonical = $2 WHERE email_canonical = $1',
      [email, moved],
    );
    expect(await make.client.verify(token)).toMatchObject({ body: { code: 'token_invalid' } });
    const [row] = await test.database.query<{ email_verified_at: Date | null }[]>(
      'SELECT email_verified_at FROM users WHERE email_canonical = $1',
      [moved],
    );
    expect(row?.email_verified_at).toBeNull();
  });

  it('fifty at once make one row, one password and one working link', async () => {
    const email = someEmail('crowd');
    const passwords = Array.from({ length: 50 }, (_, i) => `the crowd has number ${i}`);
    const answers = await Promise.all(
      passwords.map((password) => make.client.register(email, password)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await rowsOfAddress(email)).toHaveLength(1);

    test.clock.forward(60); // a mailbox gets no more than a few mails a minute
    await everyMailSent(test);
    const mails = test.outbox.to(email);
    const tokens = mails.map(({ text }) => /ghv_\w+/.exec(text)![0]);
    const proofs = await Promise.all(tokens.map((token) => make.client.verify(token)));
    expect(proofs.filter(({ status }) => status === 204)).toHaveLength(1);

    const doors = await Promise.all(passwords.map((each) => make.client.login(email, each)));
    expect(doors.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});
