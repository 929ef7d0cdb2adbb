import type { Answer, Client } from './client.js';
import { GOOD_PASSWORD, type Make, type MadeUser, someEmail } from './make.js';
import type { SentMail } from './outbox.js';
import { changingNoRow } from './rows.js';
import type { TestApp } from './test-app.js';

/** What people do with their addresses. */
export class EmailChanges {
  constructor(
    private readonly test: TestApp,
    private readonly make: Make,
  ) {}

  ask(client: Client, newEmail: string, password = GOOD_PASSWORD): Promise<Answer> {
    return client.post('/v1/auth/email/change', { newEmail, password });
  }

  async pending(client: Client): Promise<string | undefined> {
    const { body } = await client.get<{ pending: { newEmail: string } | null }>(
      '/v1/auth/email/change',
    );
    return body.pending?.newEmail;
  }

  confirm(token: unknown): Promise<Answer> {
    return this.make.client.post('/v1/auth/email/change/confirm', { token });
  }

  byCode(client: Client, code: string): Promise<Answer> {
    return client.post('/v1/auth/email/change/code', { code });
  }

  undo(token: unknown): Promise<Answer> {
    return this.make.client.post('/v1/auth/email/change/undo', { token });
  }

  /** Changes the address all the way; the token that undoes it. */
  async done(client: Client, from: string, to = someEmail('new')): Promise<string> {
    await this.ask(client, to);
    await this.confirm(await this.tokenIn(to, 'ghe'));
    return this.tokenIn(from, 'ghu');
  }

  /** Does it, and expects that it changes nothing. */
  unchanged<T>(action: () => Promise<T>): Promise<T> {
    return changingNoRow(this.test, action);
  }

  /** The newest mail to an address whose subject says so. */
  async mailAbout(address: string, subject: RegExp): Promise<SentMail> {
    return this.test.outbox.about(address, subject);
  }

  /** The newest token of a kind in the mails to an address. */
  async tokenIn(address: string, prefix: string): Promise<string> {
    const wanted = new RegExp(`${prefix}_\\w+`);
    for (let count = 1; ; count++) {
      const mails = await this.test.outbox.waitFor(address, count);
      const token = mails.map(({ text }) => wanted.exec(text)?.[0]).findLast(Boolean);
      if (token !== undefined) return token;
    }
  }

  async codeIn(address: string, count = 1): Promise<string> {
    const mails = await this.test.outbox.waitFor(address, count);
    return /^\d{4} \d{4}$/m.exec(mails.at(-1)?.text ?? '')?.[0] ?? '';
  }

  async addressOf({ user }: Pick<MadeUser, 'user'>): Promise<string | undefined> {
    const [row] = await this.test.database.query<{ email: string }[]>(
      'SELECT email FROM users WHERE id = $1',
      [user.id],
    );
    return row?.email;
  }
}
