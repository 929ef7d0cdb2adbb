import { deliver, noticeTo, type PostNode, PostOffice } from './post-office.js';

const ANN = 'ann@example.com';
const HOUR = 3600;

describe('a mailbox gets a few mails at a time', () => {
  const office = PostOffice.open();

  const notices = (count: number, to = ANN) =>
    Array.from({ length: count }, (_, index) => noticeTo(to, String(index)));
  const sentTo = (to: string) => office.transport.sent.filter((mail) => mail.to === to).length;

  /** Looks every 5 seconds, as a node does, and notes when how many had been sent. */
  async function watch(node: PostNode, seconds: number): Promise<number[]> {
    const times: number[] = [];
    for (let second = 0; second < seconds; second += 5) {
      await deliver(node);
      while (times.length < office.transport.sent.length) times.push(second);
      office.clock.move(5);
    }
    return times;
  }

  /** The most that came within a span of that many seconds. */
  const most = (times: readonly number[], span: number) =>
    Math.max(...times.map((from) => times.filter((t) => t >= from && t < from + span).length));

  it('five in any minute; the others wait, and none is lost or comes twice', async () => {
    const node = office.node();
    await office.post(...notices(18));
    const times = await watch(node, 300);
    expect(times.filter((time) => time === 0)).toHaveLength(5);
    expect(most(times, 60)).toBe(5);
    expect(times.at(-1)).toBeLessThan(200);
    expect(new Set(office.transport.sent.map(({ id }) => id)).size).toBe(18);
    expect(await office.rows()).toEqual([]);
  });

  it('thirty in any hour, however many minutes it has', async () => {
    const node = office.node();
    const times: number[] = [];
    for (let minute = 0; minute < 90; minute += 1) {
      await office.post(noticeTo(ANN));
      await deliver(node);
      while (times.length < office.transport.sent.length) times.push(minute * 60);
      office.clock.move(60);
    }
    expect(times.filter((time) => time < HOUR)).toHaveLength(30);
    expect(most(times, HOUR)).toBe(30);
  });

  it('as the settings say', async () => {
    const environment = { MAILS_PER_RECIPIENT: '1', MAILS_PER_RECIPIENT_HOURLY: '2' };
    const node = office.node({ environment });
    await office.post(...notices(3));
    const times = await watch(node, HOUR + 100);
    expect(times).toEqual([0, 60, HOUR]);
  });

  it('two nodes count together', async () => {
    await office.post(...notices(20));
    await Promise.all([deliver(office.node()), deliver(office.node())]);
    expect(sentTo(ANN)).toBe(5);
  });

  it('those who wait hold up nobody else', async () => {
    const node = office.node();
    await office.post(...notices(20), noticeTo('bob@example.com'));
    await deliver(node);
    expect(sentTo('bob@example.com')).toBe(1);
    expect(sentTo(ANN)).toBe(5);
  });

  it('the oldest goes first', async () => {
    const node = office.node();
    await office.post(...notices(7));
    await watch(node, 70);
    const last = office.transport.sent.slice(5).map(({ text }) => /Device: (\d)/.exec(text)?.[1]);
    expect(last.sort()).toEqual(['5', '6']);
  });

  it('another spelling, or a part after a plus, is no other mailbox', async () => {
    const node = office.node();
    const spellings = [
      'ann@example.com',
      'Ann@Example.com',
      'ann+1@example.com',
      'ANN+x+y@example.com',
    ];
    await office.post(...spellings.flatMap((to) => notices(2, to)), noticeTo('anna@example.com'));
    await deliver(node);
    expect(office.transport.sent).toHaveLength(6);
    expect(sentTo('anna@example.com')).toBe(1);
  });

  it('what anybody can ask for does not hold up what the owner must know', async () => {
    const node = office.node();
    for (let ask = 0; ask < 10; ask += 1) {
      await office.commit(ANN);
      await deliver(node);
    }
    expect(sentTo(ANN)).toBe(5);
    await office.post(noticeTo(ANN));
    await deliver(node);
    expect(office.transport.sent.at(-1)?.subject).toBe('Your password was changed');
  });

  it('a mail that did not go out does not count', async () => {
    const node = office.node();
    office.transport.answer = () => Promise.reject(new Error('away'));
    await office.post(...notices(5));
    for (let look = 0; look < 5; look += 1) {
      await deliver(node);
      office.clock.move(10);
    }
    office.transport.answer = () => Promise.resolve();
    office.clock.move(900);
    await deliver(node);
    expect(sentTo(ANN)).toBe(5);
  });

  it('waiting is no failure: the pause after the next one is as short as ever', async () => {
    const node = office.node({ environment: { MAILS_PER_RECIPIENT: '1' } });
    await office.post(...notices(8));
    await watch(node, 420);
    const [last] = await office.rows();
    expect(last?.attempts).toBe(0);
    expect(office.logged('warn', 'error')).toEqual([]);
    expect(office.logged('log').filter((line) => line.includes(last!.id))).toEqual([
      `Mail ${last!.id} waits: its recipient has had enough until 2026-11-22T20:32:59.123Z`,
    ]);
  });

  it('a clock that ran ahead for a moment does not close it for as long', async () => {
    const node = office.node();
    office.clock.move(365 * 24 * HOUR);
    await office.post(...notices(5));
    await deliver(node);
    expect(sentTo(ANN)).toBe(5);
    office.clock.move(-365 * 24 * HOUR);
    for (const expected of [6, 7, 8, 9, 10, 10]) {
      await office.post(noticeTo(ANN));
      await deliver(node);
      expect(sentTo(ANN)).toBe(expected);
    }
  });

  it('what is counted is forgotten after an hour, and tells nobody whom', async () => {
    const node = office.node();
    await office.post(noticeTo(ANN));
    await deliver(node);
    const rows = await office.database.query<{ recipient: Buffer }[]>('SELECT * FROM mail_budgets');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows) + rows[0]!.recipient.toString()).not.toContain('ann');
    office.clock.move(HOUR);
    await node.budgets.sweep();
    expect(await office.database.query('SELECT * FROM mail_budgets')).toHaveLength(1);
    office.clock.move(1);
    await node.budgets.sweep();
    expect(await office.database.query('SELECT * FROM mail_budgets')).toEqual([]);
  });
});
