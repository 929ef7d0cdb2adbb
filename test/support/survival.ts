import { EmailChangeConfirmationService } from '../../src/account/email-change/email-change-confirmation.service.js';
import { DeletionSweepService } from '../../src/account/leaving/deletion-sweep.service.js';
import { KnownDevicesService } from '../../src/login/known-devices.service.js';
import { SignInAttempts } from '../../src/login/sign-in-attempts.service.js';
import { PasswordService } from '../../src/passwords/password.service.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { UserCredentialsService } from '../../src/users/user-credentials.service.js';
import { UsersService } from '../../src/users/users.service.js';
import type { Answer, Client } from './client.js';
import { EmailChanges } from './email-changes.js';
import { behindItsBack } from './heard.js';
import { GOOD_PASSWORD, type Make, type MadeUser, someEmail } from './make.js';
import { resetTokenFor } from './reset-links.js';
import type { TestApp } from './test-app.js';

export const CHOSEN = 'a heron sleeps on the roof';
const CALLER = { ip: '127.0.0.1', userAgent: undefined, requestId: '', languages: [] };

/** Somebody, what she can do to her account, and what she holds that opens something of it. */
export class Person {
  readonly changes: EmailChanges;
  /** The address that she has now. */
  email: string;
  password = GOOD_PASSWORD;

  private constructor(
    readonly test: TestApp,
    readonly make: Make,
    readonly id: string,
    /** Where she does it; what she holds is elsewhere. */
    public here: Client,
    { email }: Pick<MadeUser, 'email'>,
  ) {
    this.changes = new EmailChanges(test, make);
    this.email = email;
  }

  static async signedIn(test: TestApp, make: Make, proved: boolean): Promise<Person> {
    const made = await make.signedIn(proved ? {} : { emailVerifiedAt: null });
    return new Person(test, make, made.user.id, made.client, made);
  }

  /** Nobody ever signed in. */
  static async registered(test: TestApp, make: Make): Promise<Person> {
    const made = await make.user({ emailVerifiedAt: null });
    return new Person(test, make, made.user.id, make.client, made);
  }

  anonymously(url: string, body: unknown): Promise<Answer> {
    return this.make.client.post(url, body);
  }

  async sql(statement: string): Promise<void> {
    await behindItsBack(this.test, statement, [this.id]);
  }

  get<T>(service: abstract new (...args: never[]) => T): T {
    return this.test.app.get<T>(service, { strict: false });
  }

  async changesAddress(): Promise<{ undo: string }> {
    const [from, to] = [this.email, someEmail('next')];
    const undo = await this.changes.done(this.here, from, to);
    this.email = to;
    return { undo };
  }

  async leaves(): Promise<void> {
    must(await this.here.send({ method: 'DELETE', url: '/v1/users/me' }));
  }

  async keeps(token: string): Promise<void> {
    must(await this.anonymously('/v1/auth/deletion/undo', { token }));
  }

  async isGoneForGood(): Promise<void> {
    await this.sql(`UPDATE users SET deletion_due_at = 'epoch' WHERE id = $1`);
    await this.get(DeletionSweepService).sweep();
  }

  async isAdministered(): Promise<void> {
    const hash = await this.get(PasswordService).hash(CHOSEN);
    await this.test.database.transaction(async (manager) => {
      await this.get(UserCredentialsService).setPassword(manager, this.id, hash);
      await this.get(SignInAttempts).startOver(manager, {
        id: this.id,
        emailCanonical: this.email,
      });
      const whose = { userId: this.id };
      await this.get(SessionsService).endFor('password_set_by_administrator', whose, manager);
    });
  }

  async provesByOther(): Promise<void> {
    const whose = { userId: this.id, caller: CALLER };
    await this.test.database.transaction(async (manager) => {
      await this.get(SessionsService).endFor('password_reset', whose, manager);
      await this.get(UsersService).proveByOther(manager, this.id, this.email, null);
    });
  }
}

export function must(answer: Answer): void {
  if (answer.status >= 300) throw new Error(`${String(answer.status)} ${answer.text}`);
}

export type Lives = () => Promise<boolean>;
const opens = async (answer: Promise<Answer>): Promise<boolean> => (await answer).status < 300;

/** What opens something of an account: how to come by it, and whether it still does. */
export const HOLDINGS: Readonly<Record<string, (her: Person) => Promise<Lives>>> = {
  access: async (her) => {
    const { body } = await her.make.client.login(her.email, her.password);
    return () => opens(her.make.client.as(body.accessToken).me());
  },
  refresh: async (her) => {
    const { body } = await her.make.client.login(her.email, her.password);
    return () => opens(her.anonymously('/v1/auth/refresh', { refreshToken: body.refreshToken }));
  },
  device: async (her) => {
    const { body } = await her.make.client.login(her.email, her.password);
    return () => her.get(KnownDevicesService).isKnown(body.deviceToken, her.email);
  },
  guesses: async (her) => {
    for (let i = 0; i < 3; i++) await her.make.client.login(her.email, 'not what she has chosen');
    const { email } = her;
    return async () => (await her.make.client.login(email, 'nor is this one')).status === 429;
  },
  reset: async (her) => {
    const token = await resetTokenFor(her.test, her.email);
    return () => opens(her.make.client.checkReset(token));
  },
  verify: async (her) => {
    must(await her.anonymously('/v1/auth/email/verification', { email: her.email }));
    const token = await her.changes.tokenIn(her.email, 'ghv');
    return () => opens(her.make.client.verify(token));
  },
  'verify code': async (her) => {
    must(await her.anonymously('/v1/auth/email/verification', { email: her.email }));
    await her.changes.tokenIn(her.email, 'ghv');
    const { email } = her;
    const mail = her.test.outbox.to(email).findLast(({ text }) => text.includes('ghv_'));
    const code = /^\d{4} \d{4}$/m.exec(mail?.text ?? '')?.[0];
    return () => opens(her.anonymously('/v1/auth/email/verify', { email, code }));
  },
  change: async (her) => {
    const to = someEmail('wish');
    must(await her.changes.ask(her.here, to, her.password));
    const token = await her.changes.tokenIn(to, 'ghe');
    return () => opens(her.changes.confirm(token));
  },
  'change code': async (her) => {
    const to = someEmail('wish');
    must(await her.changes.ask(her.here, to, her.password));
    const code = (await her.changes.codeIn(to)).replace(' ', '');
    const confirmation = her.get(EmailChangeConfirmationService);
    return () =>
      confirmation.confirmByCode(her.id, code, CALLER).then(
        () => true,
        () => false,
      );
  },
  undo: async (her) => {
    const { undo } = await her.changesAddress();
    return () => opens(her.changes.undo(undo));
  },
  keep: async (her) => {
    await her.leaves();
    const token = await her.changes.tokenIn(her.email, 'ghd');
    return () => opens(her.anonymously('/v1/auth/deletion/undo', { token }));
  },
};
