import { setTimeout as sleep } from 'node:timers/promises';
import { GOOD_PASSWORD, someEmail } from '../support/make.js';
import { removeProgram } from '../support/server-process.js';
import { smtpServer, type RunningServer } from '../unit/mail/support.js';
import { times, TwoNodes } from './two-nodes.js';

jest.setTimeout(120_000);

describe('A node that is killed while it delivers', () => {
  let smtp: RunningServer;
  let fleet: TwoNodes;
  /** How many deliveries have come as far as their recipient. */
  let underWay = 0;
  let hanging = true;

  beforeAll(async () => {
    smtp = await smtpServer({
      onRcptTo(_address, _session, done) {
        underWay += 1;
        if (!hanging) done();
      },
    });
    fleet = new TwoNodes({ SMTP_URL: smtp.url });
    await fleet.start();
  });
  afterAll(async () => {
    await fleet.stop();
    await smtp.stop();
    removeProgram();
  });

  const waiting = () =>
    fleet.database.query<{ attempts: number }[]>('SELECT attempts FROM mail_queue ORDER BY 1');
  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (let i = 0; i < 600; i++) {
      if (await holds()) return;
      await sleep(50);
    }
    throw new Error('It did not come to pass');
  };

  it('loses no mail and sends none twice: when its lease is over, another node does it', async () => {
    await fleet.nodes[1]?.kill();
    const emails = times(6, () => someEmail());
    for (const email of emails) {
      const answer = await fleet.post(0, 'register', { email, password: GOOD_PASSWORD });
      expect(answer.status).toBe(202);
    }
    await until(() => underWay === 4);
    await fleet.nodes[0]?.kill();
    hanging = false;
    expect((await waiting()).map(({ attempts }) => attempts)).toEqual([0, 0, 1, 1, 1, 1]);

    await fleet.replace(1);
    await until(async () => (await waiting()).length === 4); // those are still leased
    expect(smtp.received).toHaveLength(2);
    await fleet.database.query('UPDATE mail_queue SET next_attempt_at = now()'); // time passes
    await until(async () => (await waiting()).length === 0);
    const recipients = smtp.received.map((raw) => /^To: (\S+)/m.exec(raw)?.[1]);
    expect(recipients.sort()).toEqual([...emails].sort());
  });
});
