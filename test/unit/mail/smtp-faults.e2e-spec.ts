import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { GIVE_UP_AFTER } from '../../../src/mail/retry.js';
import { FaultyServer, IMPATIENT, PATIENT, type Verdict } from './faulty-server.js';
import { addresses, deliver, type PostNode, PostOffice } from './post-office.js';
import { refusal, smtpServer } from './support.js';

const ANN = 'ann@example.com';
const HOUR = 3600;
const refuse =
  (code: number): Verdict =>
  (_, done) => {
    done(refusal(code));
  };

describe('mail to an SMTP server', () => {
  const office = PostOffice.open();
  const server = FaultyServer.for(office);

  /** Later, once more: the longest pause between two attempts has passed. */
  async function later(node: PostNode): Promise<void> {
    office.clock.move(900);
    await deliver(node);
  }

  it('that is slow to greet arrives once it is quick again', async () => {
    let slow = true;
    await server.start({
      onConnect(_session, done) {
        if (slow) setTimeout(done, 1000).unref();
        else done();
      },
    });
    const waiting = server.node(undefined, IMPATIENT);
    await office.commit(ANN);
    await deliver(waiting);
    expect(server.read).toEqual([]);
    slow = false;
    await later(server.node());
    expect(server.read).toHaveLength(1);
    expect(await office.rows()).toEqual([]);
    expect(office.logged('warn')).toEqual(['Mail delivery is failing: ETIMEDOUT']);
  });

  it('that thinks long before it takes a mail is waited for, and gets no second copy', async () => {
    await server.start();
    server.verdict = (_, done) => setTimeout(done, 600);
    const node = server.node();
    await office.commit(ANN);
    await deliver(node);
    expect(await office.rows()).toEqual([]);
    await later(node);
    expect(server.read).toHaveLength(1);
  });

  it('that refuses a mail for now gets it again, and others meanwhile', async () => {
    await server.start();
    server.verdict = (_, done) => {
      done(server.read.at(-1)?.includes(`To: ${ANN}`) ? refusal(451) : null);
    };
    const node = server.node();
    await office.commit(ANN, 'bob@example.com');
    await deliver(node);
    expect(await office.rows()).toMatchObject([{ attempts: 1, failedAt: null }]);
    server.verdict = (_, done) => {
      done();
    };
    await later(node);
    expect(await office.rows()).toEqual([]);
    expect(office.logged('warn', 'error')).toEqual([]);
  });

  it.each([550, 552, 554])(
    'that refuses a mail for good (%d) does not get it again, and nobody is named',
    async (code) => {
      await server.start();
      server.verdict = refuse(code);
      const node = server.node();
      await office.commit(ANN);
      await deliver(node);
      const [row] = await office.rows();
      expect(row!.failedAt).toEqual(office.clock.now());
      expect(office.logged('log', 'warn', 'error')).toEqual([
        `Mail ${row!.id} (verify-email) was given up: ${code}`,
      ]);
      await later(node);
      expect(server.read).toHaveLength(1);
    },
  );

  it('that leaves (421) is no refusal: the mail goes out later', async () => {
    await server.start();
    server.verdict = refuse(421);
    const node = server.node();
    await office.commit(ANN);
    await deliver(node);
    expect(await office.rows()).toMatchObject([{ failedAt: null }]);
    expect(office.logged('warn', 'error')).toEqual([
      expect.stringMatching(/^Mail delivery is failing: /),
    ]);
  });

  it('that refuses the sender (550) is not in order: mails wait, for three days at most', async () => {
    await server.start({
      onMailFrom(_address, _session, done) {
        done(refusal(550));
      },
    });
    const node = server.node();
    await office.commit(ANN);
    await deliver(node);
    expect(await office.rows()).toMatchObject([{ failedAt: null }]);
    office.clock.move(GIVE_UP_AFTER);
    await deliver(node);
    expect(await office.rows()).toMatchObject([{ failedAt: office.clock.now() }]);
    await later(node);
    expect(await office.rows()).toMatchObject([{ attempts: 2 }]);
  });

  it('that hangs up in the middle of a mail gets it again, once', async () => {
    let hangUp = true;
    await server.start({
      onData(stream, session, done) {
        stream.once('data', () => {
          if (hangUp) server.hangUp(session);
        });
        let raw = '';
        stream.on('data', (part: Buffer) => (raw += part.toString()));
        stream.on('end', () => {
          if (!hangUp) server.read.push(raw);
          done();
        });
      },
    });
    const node = server.node();
    await office.commit(ANN);
    await deliver(node);
    expect(await office.rows()).toHaveLength(1);
    hangUp = false;
    await later(node);
    await later(node);
    expect(server.read).toHaveLength(1);
    expect(await office.rows()).toEqual([]);
  });

  it('that takes a mail and hangs up before it says so gets it twice, not more, under one Message-ID', async () => {
    await server.start();
    server.verdict = (session) => {
      server.hangUp(session);
    };
    const node = server.node();
    await office.commit(ANN);
    await deliver(node);
    await sleep(100);
    expect(server.read).toHaveLength(1); // nothing below us sends it again by itself
    const [row] = await office.rows();
    server.verdict = (_, done) => {
      done();
    };
    await later(node);
    await later(node);
    expect(server.messageIds()).toEqual(Array(2).fill(`<${row!.id}@localhost>`));
    expect(await office.rows()).toEqual([]);
  });

  it('that offers no TLS where it must gets nothing', async () => {
    const { url } = await server.start();
    const environment = {
      NODE_ENV: 'production',
      SECRET_KEYS: Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64'),
      PUBLIC_URL: 'https://x.test',
    };
    // Reaches the loopback interface, and is none of its names.
    const node = server.node(url.replace('127.0.0.1', '0.0.0.0'), PATIENT, environment);
    await office.commit(ANN);
    await deliver(node);
    await later(node);
    expect(server.read).toEqual([]);
    expect(await office.rows()).toMatchObject([{ attempts: 2, failedAt: null }]);
    expect(office.logged('warn', 'error')).toEqual(['Mail delivery is failing: ETLS 500']);
  });

  it('that does not know us gets it once it does', async () => {
    let known = false;
    const { url } = await server.start({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username }, _session, done) {
        if (known) done(null, { user: username });
        else done(refusal(535));
      },
    });
    const node = server.node(url.replace('//', '//post:secret@'));
    await office.commit(ANN);
    await deliver(node);
    expect(office.logged('warn', 'error')).toEqual(['Mail delivery is failing: EAUTH 535']);
    known = true;
    await later(node);
    expect(server.read).toHaveLength(1);
    expect(office.logged('log')).toEqual(['Mail delivery works again']);
  });

  it('of two nodes with 500 mails: each mail once, over eight connections at most', async () => {
    let connections = 0;
    await server.start({
      onConnect(_session, done) {
        connections += 1;
        done();
      },
    });
    await office.commit(...addresses(500));
    await Promise.all([deliver(server.node()), deliver(server.node())]);
    expect(new Set(server.messageIds()).size).toBe(500);
    expect(server.read).toHaveLength(500);
    expect(connections).toBeLessThanOrEqual(8);
    expect(await office.rows()).toEqual([]);
  });

  it('that is away for an hour: every mail arrives once, none waits longer than its pause', async () => {
    const port = await freePort();
    const node = server.node(`smtp://127.0.0.1:${String(port)}`);
    for (let minute = 0; minute < 60; minute += 1) {
      await office.commit(...addresses(1).map((each) => `${String(minute)}.${each}`));
      await deliver(node);
      office.clock.move(60);
    }
    expect(await office.rows()).toHaveLength(60);
    expect(office.logged('log', 'warn', 'error')).toEqual(['Mail delivery is failing: ESOCKET']);
    const back = await smtpServer({}, port);
    await office.commit('fresh@example.com');
    await deliver(node);
    expect(back.received.some((raw) => raw.includes('To: fresh@example.com'))).toBe(true);
    await later(node);
    expect(back.received).toHaveLength(61);
    expect(new Set(back.received.map((raw) => /^To: (\S+)/m.exec(raw)?.[1])).size).toBe(61);
    expect(await office.rows()).toEqual([]);
    expect(office.clock.millis()).toBeLessThan(
      Date.parse('2026-11-22T20:31:59.123Z') + (HOUR + 901) * 1000,
    );
    await back.stop();
  }, 60_000);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
