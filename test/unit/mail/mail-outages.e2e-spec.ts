import { DataSource } from 'typeorm';
import { readSettings } from '../../../src/config/settings.js';
import { MailRefused } from '../../../src/mail/mail-transport.js';
import { GIVE_UP_AFTER, KEEP_FAILED, LEASE } from '../../../src/mail/retry.js';
import { SmtpTransport } from '../../../src/mail/smtp-transport.js';
import { addresses, deliver, PostOffice } from './post-office.js';
import { refusal, smtpServer } from './support.js';

const HOUR = 3600;

describe('the post in bad weather', () => {
  const office = PostOffice.open();

  it('every mail arrives once when the server was away for an hour', async () => {
    const away = Object.assign(new Error('to ann@example.com'), { code: 'ECONNREFUSED' });
    office.transport.answer = () => Promise.reject(away);
    const node = office.node();
    await office.commit(...addresses(10));
    for (let minute = 0; minute < 60; minute += 1) {
      await deliver(node);
      office.clock.move(60);
    }
    expect(office.logged('log', 'warn', 'error')).toEqual([
      'Mail delivery is failing: ECONNREFUSED',
    ]);
    const waiting = await office.rows();
    expect(waiting).toHaveLength(10);
    expect(waiting.every(({ attempts }) => attempts > 5 && attempts < 20)).toBe(true);
    office.transport.answer = () => Promise.resolve();
    office.clock.move(900);
    await deliver(node);
    expect(office.recipients()).toEqual(addresses(10).sort());
    expect(await office.rows()).toEqual([]);
    expect(office.logged('log', 'error')).toEqual(['Mail delivery works again']);
  });

  it('a mail is given up after three days, and told of without telling whom', async () => {
    office.transport.answer = () => Promise.reject(refusal(451));
    const node = office.node();
    await office.commit('ann@example.com');
    office.clock.move(GIVE_UP_AFTER - 1);
    await deliver(node);
    expect(office.logged('error')).toEqual([]);
    office.clock.move(5);
    await deliver(node);
    const [row] = await office.rows();
    expect(row!.failedAt).toEqual(office.clock.now());
    office.clock.move(HOUR);
    await deliver(node);
    expect(office.logged('error')).toEqual([`Mail ${row!.id} (verify-email) was given up: 451`]);
  });

  it('a mail that was given up is kept for a week', async () => {
    office.transport.answer = () => Promise.reject(new MailRefused(550));
    const node = office.node();
    await office.commit('ann@example.com');
    office.clock.move(HOUR);
    await deliver(node);
    await office.commit('waiting@example.com');
    office.clock.move(KEEP_FAILED);
    await node.queue.sweep();
    expect(await office.rows()).toHaveLength(2);
    office.clock.move(1);
    await node.queue.sweep();
    expect(await office.rows()).toMatchObject([{ failedAt: null }]);
  });

  it('a mail that was given up can be made due again', async () => {
    office.transport.answer = () => Promise.reject(new MailRefused(550));
    const node = office.node();
    await office.commit('ann@example.com');
    await deliver(node);
    office.transport.answer = () => Promise.resolve();
    await office.database.query('UPDATE mail_queue SET failed_at = NULL');
    office.clock.move(LEASE);
    await deliver(node);
    expect(office.recipients()).toEqual(['ann@example.com']);
  });

  it('over real SMTP, 550 is given up at once and 451 tried again; others pass them by', async () => {
    let greylisting = true;
    const server = await smtpServer({
      onRcptTo({ address }, _session, done) {
        if (address.startsWith('gone')) done(refusal(550));
        else if (address.startsWith('grey') && greylisting) done(refusal(451));
        else done();
      },
    });
    const smtp = new SmtpTransport(server.url, readSettings({}));
    const node = office.node({ transport: smtp });
    await office.commit('gone@example.com', 'grey@example.com', 'ann@example.com');
    await deliver(node);
    expect(server.received).toEqual([expect.stringContaining('To: ann@example.com')]);
    const gone = (await office.rows()).find(({ failedAt }) => failedAt !== null);
    expect(office.logged('warn', 'error')).toEqual([
      `Mail ${gone!.id} (verify-email) was given up: 550`,
    ]);
    greylisting = false;
    office.clock.move(5);
    await deliver(node);
    expect(server.received[1]).toContain('To: grey@example.com');
    expect(await office.rows()).toHaveLength(1);
    smtp.onApplicationShutdown();
    await server.stop();
  });

  it('a database that is away is told of once, and once when it is back', async () => {
    const flaky = new DataSource(office.database.options);
    const node = office.node({ database: flaky });
    await office.commit('ann@example.com');
    for (let look = 0; look < 5; look += 1) await deliver(node);
    expect(office.logged('warn', 'error')).toEqual([
      expect.stringMatching(/^The mail queue is failing: /),
    ]);
    await flaky.initialize();
    await deliver(node);
    expect(office.recipients()).toEqual(['ann@example.com']);
    expect(office.logged('log')).toEqual(['The mail queue works again']);
    await flaky.destroy();
  });

  describe('on shutdown', () => {
    it('what is under way is finished, and nothing more is taken out', async () => {
      const finish: (() => void)[] = [];
      office.transport.answer = () => new Promise((resolve) => finish.push(resolve));
      const { mailer, postman } = office.node();
      await office.commit(...addresses(6));
      mailer.wake();
      while (finish.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
      const shutdown = postman.beforeApplicationShutdown();
      for (const resolve of finish) resolve();
      await shutdown;
      mailer.wake();
      await postman.idle();
      expect(office.transport.sent).toHaveLength(4);
      expect(await office.rows()).toHaveLength(2);
    });

    it('what never ends is not waited for', async () => {
      const taken = new Promise<void>((resolve) => {
        office.transport.answer = () => {
          resolve();
          return new Promise(() => undefined);
        };
      });
      const { mailer, postman } = office.node();
      await office.commit('ann@example.com');
      mailer.wake();
      await taken;
      await postman.beforeApplicationShutdown();
      expect(await office.rows()).toHaveLength(1);
    });
  });
});
