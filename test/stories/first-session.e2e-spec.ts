import { Make, someEmail } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('A stranger becomes a user', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('registers, proves the address, signs in and reads herself', async () => {
    const { client } = make;
    const email = someEmail();
    const registered = await client.register(email, 'a violet rides the tram', {
      firstName: 'Ann',
      timezone: 'Europe/Berlin',
    });
    expect(registered).toMatchObject({ status: 202, body: { status: 'verification_sent' } });

    expect(await client.verify(await test.outbox.tokenFor(email))).toMatchObject({ status: 204 });

    const { status, body } = await client.login(email, 'a violet rides the tram');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'authenticated', tokenType: 'Bearer', expiresIn: 300 });

    expect(await client.as(body.accessToken).me()).toMatchObject({
      status: 200,
      body: { email, emailVerified: true, firstName: 'Ann', timezone: 'Europe/Berlin' },
    });
  });

  it('cannot sign in before the address is proved', async () => {
    const { client } = make;
    const email = someEmail();
    await client.register(email, 'a violet rides the tram');
    const answer = await client.login(email, 'a violet rides the tram');
    expect(answer).toMatchObject({ status: 403, body: { code: 'email_not_verified' } });
  });

  it('may use the link once', async () => {
    const { client } = make;
    const email = someEmail();
    await client.register(email, 'a violet rides the tram');
    const token = await test.outbox.tokenFor(email);
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.verify(token)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
  });

  it('may use the link for a day', async () => {
    const { client } = make;
    const [early, late] = [someEmail('early'), someEmail('late')];
    await client.register(early, 'a violet rides the tram');
    await client.register(late, 'a violet rides the tram');
    const tokens = [await test.outbox.tokenFor(early), await test.outbox.tokenFor(late)];
    test.clock.forward(86_400 - 60);
    expect(await client.verify(tokens[0]!)).toMatchObject({ status: 204 });
    test.clock.forward(61);
    expect(await client.verify(tokens[1]!)).toMatchObject({
      status: 400,
      body: { code: 'token_invalid' },
    });
  });

  it('may use only the newest link', async () => {
    const { client } = make;
    const email = someEmail();
    await client.register(email, 'a violet rides the tram');
    const first = await test.outbox.tokenFor(email);
    expect(await client.post('/v1/auth/email/verification', { email })).toMatchObject({
      status: 202,
    });
    const second = await test.outbox.tokenFor(email, 2);
    expect(await client.verify(first)).toMatchObject({ body: { code: 'token_invalid' } });
    expect(await client.verify(second)).toMatchObject({ status: 204 });
  });
});
