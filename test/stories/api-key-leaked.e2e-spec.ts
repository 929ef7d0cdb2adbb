import { ApiKey } from '../../src/api-keys/api-key.js';
import type { Problem } from '../../src/common/problem.js';
import { type MadeKey, makeKey } from '../support/api-keys.js';
import { LogBook } from '../support/audit.js';
import type { Answer } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { makeServiceAccount } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const URL = '/v1/api-keys/revoke-leaked';
const SUBJECT = 'An API key was leaked, and has been ended';
const PAGE = 'https://github.com/octocat/Hello-World/blob/main/.env';

interface Label {
  readonly token_raw: string;
  readonly token_type: string;
  readonly label: string;
}

describe('Somebody who found an API key', () => {
  let test: TestApp;
  let make: Make;
  let book: LogBook;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    book = await LogBook.of(test);
  });
  afterAll(() => test.close());

  const report = (body: unknown): Promise<Answer<Problem>> => make.client.post(URL, body);
  const tell = (...tokens: string[]): Promise<Answer<Label[]>> =>
    make.client.post(
      URL,
      tokens.map((token) => ({ token, type: 'gatehouse_api_key', url: PAGE, source: 'content' })),
    );
  const owned = async (given = {}) => {
    const { user, email } = await make.user();
    return { ...(await makeKey(test, user.id, given)), email, ownerId: user.id };
  };
  const statusOf = async ({ client }: Pick<MadeKey, 'client'>) => (await client.me()).status;
  const leaksOf = async (ownerId: string) =>
    (await book.about(ownerId)).filter(({ action }) => action === 'api_key_leaked');

  it('ends it: it is refused from then on, its owner learns of it and the log book, too', async () => {
    const made = await owned({ name: 'Billing' });
    expect(await statusOf(made)).toBe(200); // it is remembered
    expect(await report({ key: made.key, url: PAGE })).toMatchObject({ status: 204, text: '' });
    expect(await made.client.me()).toMatchObject({ status: 401, body: { code: 'invalid_token' } });

    const { text, html } = await test.outbox.about(made.email, SUBJECT);
    const prefix = made.key.split('_').slice(0, 3).join('_');
    for (const told of [text, html]) {
      expect(told).toContain(prefix);
      expect(told).toContain('github[.]com/octocat/Hello-World/blob/main/[.]env');
      expect(told).toContain('127.0.0.1');
      expect(told).not.toContain(made.key.split('_')[3]);
    }
    const [event] = await leaksOf(made.ownerId);
    expect(event).toMatchObject({
      outcome: 'success',
      actorId: null,
      ip: '127.0.0.1',
      details: { apiKeyId: made.id, name: 'Billing', foundAt: PAGE, source: null },
    });
    expect(JSON.stringify(event)).not.toContain(made.key.split('_')[3]);
  });

  it('ends one of a service account: whoever answers for it is told', async () => {
    const ann = await make.user();
    const { id } = await makeServiceAccount(test, {
      responsible: { type: 'user', id: ann.user.id },
    });
    const made = await makeKey(test, id);
    expect((await report({ key: made.key })).status).toBe(204);
    expect(await statusOf(made)).toBe(401);
    expect((await test.outbox.about(ann.email, SUBJECT)).text).toContain('gh_test_');
    expect(await leaksOf(id)).toHaveLength(1);
  });

  it('need not say where', async () => {
    const made = await owned();
    expect((await report({ key: made.key })).status).toBe(204);
    expect((await test.outbox.about(made.email, SUBJECT)).text).toContain('we were told: –');
  });

  it('needs neither a sign-in nor a token of a page, and may be signed in', async () => {
    const { client } = await make.signedIn();
    const made = await owned();
    expect((await client.post(URL, { key: made.key })).status).toBe(204);
    const other = await owned();
    const headers = { 'content-type': 'application/json', cookie: 'session=stale' };
    const payload = JSON.stringify({ key: other.key });
    expect((await make.client.send({ method: 'POST', url: URL, headers, payload })).status).toBe(
      204,
    );
    expect(await statusOf(made)).toBe(401);
    expect(await statusOf(other)).toBe(401);
  });

  it('is told the same of what is no key, and a wrong guess ends nothing', async () => {
    const made = await owned();
    const guess = ApiKey.issue('test', made.id).reveal();
    const mistyped = `${made.key.slice(0, -1)}${made.key.endsWith('0') ? '1' : '0'}`;
    const unknown = ApiKey.issue('test').reveal();
    const elsewhere = ApiKey.issue('live', made.id).reveal();
    for (const key of [guess, mistyped, unknown, elsewhere, 'hunter2', '']) {
      expect(await report({ key })).toMatchObject({ status: 204, text: '' });
    }
    expect(await statusOf(made)).toBe(200);
    expect(await leaksOf(made.ownerId)).toEqual([]);
  });

  it('of a secret scanner hears what each of its matches was', async () => {
    const [first, second] = [await owned(), await owned()];
    const guess = ApiKey.issue('test', first.id).reveal();
    const live = ApiKey.issue('live').reveal();
    const { status, body } = await tell(first.key, guess, second.key, live, 'hunter2', first.key);
    expect(status).toBe(200);
    const type = 'gatehouse_api_key';
    expect(body).toEqual([
      { token_raw: first.key, token_type: type, label: 'true_positive' },
      { token_raw: guess, token_type: type, label: 'false_positive' },
      { token_raw: second.key, token_type: type, label: 'true_positive' },
      { token_raw: live, token_type: type, label: 'false_positive' },
      { token_raw: 'hunter2', token_type: type, label: 'false_positive' },
      { token_raw: first.key, token_type: type, label: 'true_positive' },
    ]);
    expect(await statusOf(first)).toBe(401);
    expect(await statusOf(second)).toBe(401);
    const events = await leaksOf(first.ownerId);
    expect(events.map(({ details }) => details)).toEqual([
      expect.objectContaining({ foundAt: PAGE, source: 'content' }),
    ]);
    expect(await tell()).toMatchObject({ status: 200, body: [] });
  });

  it('may send fields that are new, and no place: the key ends all the same', async () => {
    const made = await owned();
    const match = { token: made.key, type: 't', url: '', source: { of: 3 }, commit: 'abc' };
    expect(await report([match])).toMatchObject({
      status: 200,
      body: [{ label: 'true_positive' }],
    });
    expect(await statusOf(made)).toBe(401);
    const [event] = await leaksOf(made.ownerId);
    expect(event?.details).toMatchObject({ foundAt: null, source: null });
  });

  it.each([
    ['expired', "expires_at = created_at + interval '1 ms'"],
    ['disabled', 'disabled_at = created_at'],
    ['not good yet', "starts_at = created_at + interval '1 day'"],
    ['being replaced', "retires_at = created_at + interval '1 hour'"],
  ])('ends one for good that is %s', async (_, change) => {
    const made = await owned();
    await test.database.query(`UPDATE api_keys SET ${change} WHERE id = $1`, [made.id]);
    expect((await tell(made.key)).body).toMatchObject([{ label: 'true_positive' }]);
    const [row] = await test.database.query<{ revoked_at: Date | null }[]>(
      'SELECT revoked_at FROM api_keys WHERE id = $1',
      [made.id],
    );
    expect(row?.revoked_at).toBeInstanceOf(Date);
    expect(await leaksOf(made.ownerId)).toHaveLength(1);
  });

  it('is one of 50 who tell it at once: one event, one mail', async () => {
    const made = await owned();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (i % 2 ? tell(made.key) : report({ key: made.key }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 204]));
    expect(await leaksOf(made.ownerId)).toHaveLength(1);
    await test.outbox.about(made.email, SUBJECT);
    expect((await tell(made.key)).body).toMatchObject([{ label: 'true_positive' }]);
    const later = await owned(); // whose mail goes out after all of those
    await report({ key: later.key });
    await test.outbox.about(later.email, SUBJECT);
    expect(test.outbox.to(made.email)).toHaveLength(1);
  });

  it.each([
    ['no body', undefined],
    ['nothing', {}],
    ['null', { key: null }],
    ['a number', { key: 7 }],
    ['a list', { key: ['gh_test_'] }],
    ['what is far too long', { key: 'g'.repeat(1001) }],
    ['a field that there is not', { key: 'x', reason: 'y' }],
    ['a list in a list', [[]]],
    ['a list of texts', ['gh_test_x']],
    ['a match without a token', [{ type: 't' }]],
    ['a match whose token is no text', [{ token: {}, type: 't' }]],
    ['a match without a type', [{ token: 'x' }]],
    ['a book for a type', [{ token: 'x', type: 't'.repeat(101) }]],
    ['more than 100 matches', Array(101).fill({ token: 'x', type: 't' })],
  ])('is refused with %s', async (_, body) => {
    const answer = await report(body);
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.text).not.toContain('ggg');
  });

  it('is refused with a body that is too large', async () => {
    expectProblem(await report({ key: 'g'.repeat(70_000) }), 413, 'body_too_large');
  });

  it.each([
    [
      'https://x.example/<script>alert(1)</script>',
      'x[.]example/%3Cscript%3Ealert(1)%3C/script%3E',
    ],
    ['https://her:secret@x.example/a?token=1#frag', 'x[.]example/a\n'],
    ['https://x.example/a\r\nBcc: eve@example.com', 'x[.]example/aBcc:%20eve@example[.]com\n'],
    ['https://пример.example/путь', 'xn--e1afmkfd[.]example/%D0%BF'],
    ['https://x.example/\u202egnp.exe', 'x[.]example/%E2%80%AEgnp[.]exe'],
    ['javascript:alert(1)', 'we were told: –'],
    ['call +1 555 0100 now', 'we were told: –'],
    ['{{link}}', 'we were told: –'],
    [`https://x.example/${ApiKey.issue('live').reveal()}`, 'x[.]example/gh_live_\n'],
  ])('cannot put %j into the mail but as plain text', async (url, shown) => {
    const made = await owned();
    expect((await report({ key: made.key, url })).status).toBe(204);
    const { text, html, subject } = await test.outbox.about(made.email, SUBJECT);
    expect(text).toContain(shown);
    expect(html).not.toMatch(/<script|<a [^>]*x\.example|https?:/);
    expect(subject + text).not.toMatch(/secret|token=1|frag|https?:/);
    expect(JSON.stringify(await leaksOf(made.ownerId))).not.toMatch(/secret@|token=1|<script/);
  });

  it('cannot make the mail a book', async () => {
    const made = await owned();
    const url = `https://x.example/${'a'.repeat(3900)}`;
    await report({ key: made.key, url });
    const { text } = await test.outbox.about(made.email, SUBJECT);
    expect(text).toContain('aaa');
    expect(text.length).toBeLessThan(2000);
  });
});
