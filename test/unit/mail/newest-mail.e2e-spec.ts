import { randomUUID } from 'node:crypto';
import { type Mail } from '../../../src/mail/mail-templates.js';
import { MailRefused } from '../../../src/mail/mail-transport.js';
import { deliver, mailTo, noticeTo, PostOffice } from './post-office.js';

const ANN = 'ann@example.com';

type WithLink = 'verify-email' | 'verify-email-again' | 'reset-password';

const linkTo = (to: string, token: string, template: WithLink): Mail => {
  const mail = mailTo(to);
  const params = { ...mail.params, link: `https://x.test/#token=${token}`, token };
  return { ...mail, template, params } as Mail;
};
const verify = (token: string, to = ANN) => linkTo(to, token, 'verify-email');

describe('of what is asked for again and again only the newest is sent', () => {
  const office = PostOffice.open();
  const tokens = () => office.transport.sent.map(({ text }) => /token=(\S+)/.exec(text)?.[1]);

  it('a thousand links queue one mail, and it holds the last of them', async () => {
    for (let ask = 0; ask < 1000; ask += 1) await office.post(verify(`t${String(ask)}`));
    expect(await office.rows()).toHaveLength(1);
    await deliver(office.node());
    expect(tokens()).toEqual(['t999']);
    expect(await office.rows()).toEqual([]);
  });

  it('fifty at once leave one', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, ask) => office.post(verify(`t${String(ask)}`))),
    );
    expect(await office.rows()).toHaveLength(1);
    await deliver(office.node());
    expect(tokens()).toHaveLength(1);
  });

  it('other mails, and mails to others, are none of its business', async () => {
    await office.post(
      verify('a'),
      linkTo(ANN, 'b', 'reset-password'),
      verify('c', 'bob@example.com'),
      verify('d', 'ann+1@example.com'),
      verify('e', 'ANN@EXAMPLE.COM'), // the same account as a
    );
    await deliver(office.node());
    expect(tokens().sort()).toEqual(['b', 'c', 'd', 'e']);
  });

  it('two mails that say the same, each in its way, are one topic', async () => {
    await office.post(verify('a'), linkTo(ANN, 'b', 'verify-email-again'));
    await deliver(office.node());
    expect(tokens()).toEqual(['b']);
    await office.post(linkTo(ANN, 'c', 'verify-email-again'), verify('d'));
    await deliver(office.node());
    expect(tokens()).toEqual(['b', 'd']);
  });

  it('the former one stays when the change of the newer is rolled back', async () => {
    const node = office.node();
    await office.post(verify('old'));
    const change = office.database.transaction(async (manager) => {
      await node.mailer.enqueue(manager, verify('new'));
      throw new Error('rolled back');
    });
    await expect(change).rejects.toThrow('rolled back');
    await deliver(node);
    expect(tokens()).toEqual(['old']);
  });

  it('one that is just being sent takes the newer one neither with it nor back', async () => {
    const node = office.node();
    await office.post(verify('old'));
    let fail: (error: Error) => void = () => undefined;
    const taken = new Promise<void>((resolve) => {
      office.transport.answer = () => {
        resolve();
        office.transport.answer = () => Promise.resolve();
        return new Promise((_, reject) => (fail = reject));
      };
    });
    node.mailer.wake();
    await taken;
    await office.post(verify('new'));
    fail(new Error('dropped'));
    await deliver(node);
    expect(tokens()).toEqual(['new']);
    expect(await office.rows()).toEqual([]);
  });

  it('it begins anew: no pause, no attempts of the former one', async () => {
    const node = office.node();
    office.transport.answer = () => Promise.reject(new Error('away'));
    await office.post(verify('old'));
    await deliver(node);
    expect(await office.rows()).toMatchObject([{ attempts: 1 }]);
    office.transport.answer = () => Promise.resolve();
    await office.post(verify('new'));
    expect(await office.rows()).toMatchObject([{ attempts: 0, nextAttemptAt: office.clock.now() }]);
    await deliver(node);
    expect(tokens()).toEqual(['new']);
  });

  it('what was given up is not in the way, and can be sent again beside it', async () => {
    const node = office.node();
    office.transport.answer = () => Promise.reject(new MailRefused(550));
    for (const token of ['a', 'b', 'c']) {
      await office.post(verify(token));
      await deliver(node);
    }
    await office.post(verify('d'));
    office.transport.answer = () => Promise.resolve();
    await office.database.query(
      'UPDATE mail_queue SET failed_at = NULL, next_attempt_at = $1 WHERE failed_at IS NOT NULL',
      [office.clock.now()],
    );
    await deliver(node);
    expect(tokens().sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('of notices each is sent, but no more than twenty of a kind wait for somebody', async () => {
    const node = office.node();
    await office.post(...Array.from({ length: 25 }, (_, i) => noticeTo(ANN, String(i))));
    await office.post({
      ...noticeTo(ANN),
      template: 'email-changed',
      params: {
        ...(noticeTo(ANN).params as object),
        link: 'https://x.test',
        token: 't',
        expiresIn: 60,
      },
    } as Mail);
    await office.post(noticeTo('bob@example.com'));
    expect(await office.rows()).toHaveLength(22);
    expect(office.logged('warn')).toEqual(
      Array(5).fill('Too many mails (password-changed) wait for one recipient; one was left out'),
    );
    await deliver(node);
    await office.post(noticeTo(ANN, 'after'));
    expect(await office.rows()).toHaveLength(17);
  });

  it('nothing, for nobody, leaves nothing; and many at once do not wait for one another', async () => {
    const { mailer } = office.node();
    const queryRunner = office.database.createQueryRunner();
    await queryRunner.startTransaction();
    await mailer.enqueueNothing(queryRunner.manager);
    await Promise.all(
      Array.from({ length: 20 }, () =>
        office.database.transaction((manager) => mailer.enqueueNothing(manager)),
      ),
    );
    await queryRunner.commitTransaction();
    await queryRunner.release();
    expect(await office.rows()).toEqual([]);
  });

  it.each([
    ['on', 1],
    ['off', 0],
  ])(
    'UNKNOWN_ACCOUNT_MAILS=%s: %d mails to an address without an account',
    async (value, count) => {
      const node = office.node({ environment: { UNKNOWN_ACCOUNT_MAILS: value } });
      const to = `${randomUUID()}@example.com`;
      await office.database.transaction((manager) =>
        node.mailer.enqueue(manager, { to, locale: ['de'], template: 'no-account', params: {} }),
      );
      await deliver(node);
      expect(office.recipients()).toEqual(Array<string>(count).fill(to));
      expect(await office.rows()).toEqual([]);
    },
  );
});
