import { Make } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { KeyDesk } from '../support/own-keys.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('How many keys somebody has', () => {
  const MOST = 4;
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    const environment = { ...MANY_MAILS, API_KEYS_PER_OWNER: String(MOST) };
    test = await startTestApp({ environment });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const desk = async () => new KeyDesk((await make.signedIn()).client);
  const many = (her: KeyDesk, count: number) =>
    Promise.all(Array.from({ length: count }, () => her.make()));

  it('L13 is bounded, also when 50 are asked for at once', async () => {
    const her = await desk();
    await many(her, MOST - 1);
    const answers = await many(her, 50);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(49);
    for (const answer of refused) expectProblem(answer, 409, 'too_many_api_keys');
    expect((await her.list()).body.items).toHaveLength(MOST);
  });

  it('counts those that are switched off, and none that is revoked, rotated or over', async () => {
    const her = await desk();
    const [first, second, third] = (await many(her, MOST)).map(({ body }) => body);
    await her.change(first?.id ?? '', { disabled: true });
    expectProblem(await her.make(), 409, 'too_many_api_keys');
    await her.revoke(second!.id);
    expect((await her.rotate(third!.id)).status).toBe(201);
    const soon = new Date(test.clock.millis() + 1000).toISOString();
    expect((await her.make({ name: 'short', expiresAt: soon })).status).toBe(201);
    expectProblem(await her.make(), 409, 'too_many_api_keys');
    test.clock.forward(2);
    expect((await her.make()).status).toBe(201);
  });
});
