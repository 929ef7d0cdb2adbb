import { MailQueue } from '../../src/mail/mail-queue.js';
import type { User } from '../../src/users/user.entity.js';
import type { Answer } from '../support/client.js';
import { HashMeter } from '../support/hash-work.js';
import { Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { everyMailSent } from '../support/post.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const LATER = new Date('2999-01-01');
const KINDS: Readonly<Record<string, Partial<User>>> = {
  known: {},
  unproved: { emailVerifiedAt: null },
  'closed by an administrator': { isActive: false },
  'closed by its owner': { isActive: false, leftAt: new Date() },
  'about to be deleted': { isActive: false, leftAt: new Date(), deletionDueAt: LATER },
  'due to be deleted': { isActive: false, leftAt: new Date(), deletionDueAt: new Date(0) },
  passwordless: { passwordHash: null },
  'a superuser': { isSuperuser: true, isStaff: true },
};

/** Whatever a stranger may ask about an address. */
const FLOWS: Readonly<Record<string, (email: string) => object>> = {
  '/v1/auth/login': (email) => ({ email, password: 'not what she has chosen' }),
  '/v1/auth/register': (email) => ({ email, password: 'a heron sleeps on the roof' }),
  '/v1/auth/password/forgot': (email) => ({ email }),
  '/v1/auth/password/check': (email) => ({ email, password: 'a heron sleeps on the roof' }),
  '/v1/auth/email/verification': (email) => ({ email }),
  '/v1/auth/email/verify': (email) => ({ email, code: '0000 0000' }),
  '/v1/auth/reactivation': (email) => ({ email }),
};

interface Seen {
  readonly answer: string;
  readonly mails: number;
  readonly hashes: readonly string[];
}

/** A01 to A05: of every kind of account a stranger sees what he sees of none, by every question. */
describe('An account, as strangers see it', () => {
  let test: TestApp;
  let make: Make;
  let hashing: HashMeter;

  beforeAll(async () => {
    test = await startTestApp({ environment: MANY_MAILS });
    make = new Make(test);
    hashing = new HashMeter(test);
  });
  afterAll(() => test.close());

  /** All but what differs from request to request: its id, the time, and how often he himself has asked by now. */
  const visible = ({ status, headers, text }: Answer): string => {
    const counted = /(?<=;r=|;t=)\d+/g;
    const told = Object.entries(headers).filter(([name]) => name !== 'date');
    return JSON.stringify([status, told, text])
      .replaceAll(String(headers['x-request-id']), 'ID')
      .replaceAll(counted, 'N');
  };

  const ask = async (url: string, email: string): Promise<Seen> => {
    const queue = jest.spyOn(test.app.get(MailQueue, { strict: false }), 'add');
    hashing.take();
    const answer = await make.client.post(url, FLOWS[url]!(email));
    const seen = {
      answer: visible(answer),
      mails: queue.mock.calls.length,
      hashes: hashing.take(),
    };
    queue.mockRestore();
    return seen;
  };

  describe.each(Object.keys(FLOWS))('at %s', (url) => {
    it.each(Object.entries(KINDS))('%s, is like none, however often', async (_, given) => {
      const { email } = await make.user(given);
      const nobody = someEmail();
      for (let i = 0; i < 4; i++) {
        const [somebodys, nobodys] = [await ask(url, email), await ask(url, nobody)];
        expect(somebodys).toEqual(nobodys);
      }
      await everyMailSent(test);
    });
  });
});
