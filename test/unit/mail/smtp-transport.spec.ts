import { type AddressInfo, createServer, type Socket } from 'node:net';
import { errorCode, MailRefused } from '../../../src/mail/mail-transport.js';
import { LEASE } from '../../../src/mail/retry.js';
import { PATIENCE, SmtpTransport } from '../../../src/mail/smtp-transport.js';
import { message, refusal, type RunningServer, smtpServer } from './support.js';

const settings = { mailFrom: 'The "Gate" <post@house.test>', production: true };
const impatient = { connect: 150, reply: 150, whole: 400 };

describe('mail over SMTP', () => {
  let server: RunningServer | undefined;
  let transport: SmtpTransport | undefined;

  const to = (url: string, patience = PATIENCE) =>
    (transport = new SmtpTransport(url, settings, patience));
  const failure = (changes = {}) =>
    transport!.send(message(changes)).then(
      () => 'sent',
      (error: unknown) => error,
    );

  afterEach(async () => {
    transport?.onApplicationShutdown();
    await server?.stop();
    server = transport = undefined;
    jest.restoreAllMocks();
  });

  it('arrives as text and HTML, from the sender, under a stable Message-ID', async () => {
    const recipients: string[] = [];
    server = await smtpServer({
      onRcptTo({ address }, _session, done) {
        recipients.push(address);
        done();
      },
    });
    to(server.url);
    await transport!.send(message());
    await transport!.send(message());
    expect(recipients).toEqual(['ann@example.com', 'ann@example.com']);
    expect(server.received).toHaveLength(2);
    for (const raw of server.received) {
      expect(raw).toContain(`Message-ID: <${message().id}@house.test>`);
      expect(raw).toMatch(/^From: .*Gate.* <post@house\.test>/m);
      expect(raw).toMatch(/^To: ann@example\.com\r$/m);
      expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
      expect(raw).toMatch(/Content-Type: text\/plain; charset=utf-8[^]*na=C3=AFve & plain/);
      expect(raw).toMatch(/Content-Type: text\/html; charset=utf-8[^]*<p>Hello in HTML<\/p>/);
    }
  });

  it.each([
    [550, true],
    [451, false],
  ])('tells a recipient that is refused with %d from a server that is away', async (code, hard) => {
    server = await smtpServer({
      onRcptTo(_address, _session, done) {
        done(refusal(code));
      },
    });
    to(server.url);
    const error = await failure();
    expect(error).toBeInstanceOf(MailRefused);
    expect(error).toMatchObject({ code, permanent: hard });
    expect(String(error)).not.toContain('ann@');
  });

  it('does not blame the recipient when the sender is refused', async () => {
    server = await smtpServer({
      onMailFrom(_address, _session, done) {
        done(refusal(550));
      },
    });
    to(server.url);
    const error = await failure();
    expect(error).not.toBeInstanceOf(MailRefused);
    expect(errorCode(error)).toBe('EENVELOPE 550');
  });

  it('does not wait for ever for a greeting', async () => {
    const slow = await silent(() => undefined);
    to(slow.url, impatient);
    expect(errorCode(await failure())).toBe('ETIMEDOUT');
    slow.stop();
  });

  it('does not wait for ever for a server that keeps trickling', async () => {
    const timers: NodeJS.Timeout[] = [];
    const trickling = await silent((socket) => {
      socket.write('220 hello\r\n');
      timers.push(setInterval(() => socket.write('250-more\r\n'), 20));
    });
    to(trickling.url, impatient);
    expect(errorCode(await failure())).toBe('EABORT');
    timers.forEach(clearInterval);
    trickling.stop();
  });

  it('fails when the connection drops in the middle of a mail', async () => {
    const open = new Set<Socket>();
    const dropping = await silent((socket) => {
      open.add(socket);
      socket.write('220 hello\r\n');
      socket.on('data', (data) => {
        if (data.toString().startsWith('DATA')) socket.destroy();
        else socket.write('250 ok\r\n');
      });
    });
    to(dropping.url);
    expect(await failure()).toBeInstanceOf(Error);
    dropping.stop();
  });

  it('works again over the same pool once the server does', async () => {
    let broken = true;
    server = await smtpServer({
      onConnect(_session, done) {
        done(broken ? refusal(421) : null);
      },
    });
    to(server.url);
    expect(await failure()).toBeInstanceOf(Error);
    broken = false;
    expect(await failure()).toBe('sent');
  });

  it.each([
    { to: 'ann@example.com\r\nBcc: bob@example.com' },
    { to: 'ann@example.com, bob@example.com' },
    { to: 'Ann <ann@example.com>' },
    { to: 'friends: ann@example.com;' },
    { to: 'ann' },
    { to: '' },
    { subject: 'Hello\r\nBcc: bob@example.com' },
    { subject: 'Hello\nX: y' },
    { subject: 'Hello\u2028there' },
    { subject: '' },
  ])('refuses %j before anything is sent', async (unsafe) => {
    let connections = 0;
    server = await smtpServer({
      onConnect(_session, done) {
        connections += 1;
        done();
      },
    });
    to(server.url);
    expect(String(await failure(unsafe))).toMatch(/not one bare e-mail address|not one line/);
    expect(connections).toBe(0);
  });

  it('in production a server that is not on this machine must offer TLS', async () => {
    server = await smtpServer();
    // Reaches the loopback interface, and is none of its names.
    to(server.url.replace('127.0.0.1', '0.0.0.0'));
    expect(errorCode(await failure())).toBe('ETLS 500');
    expect(server.received).toEqual([]);
  });

  it('does not let the URL switch the demands off', async () => {
    server = await smtpServer();
    to(`${server.url.replace('127.0.0.1', '0.0.0.0')}?requireTLS=false&ignoreTLS=true`);
    expect(errorCode(await failure())).toBe('ETLS 500');
  });

  it('does not accept a certificate that nobody vouches for', async () => {
    jest.spyOn(console, 'error').mockImplementation(); // smtp-server warns of its certificate
    server = await smtpServer({ disabledCommands: [] }); // STARTTLS with its own certificate
    to(server.url);
    expect(await failure()).toMatchObject({ command: 'CONN' });
    expect(server.received).toEqual([]);
  });

  it('signs in with the user and password of the URL', async () => {
    const seen: unknown[] = [];
    server = await smtpServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        seen.push([username, password]);
        done(null, { user: username });
      },
    });
    to(server.url.replace('//', '//po%40st:p%2Fw@'));
    expect(await failure()).toBe('sent');
    expect(seen).toEqual([['po@st', 'p/w']]);
  });

  it('a delivery ends before others may take the mail over', () => {
    expect(PATIENCE.whole).toBeLessThan((LEASE * 1000) / 1.5);
  });
});

/** A server that speaks only what the test lets it. */
async function silent(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}
