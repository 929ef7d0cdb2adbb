import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** What a mail server may do instead of its work. */
const ILLS: readonly [string, (socket: Socket) => void][] = [
  ['says nothing at all', () => undefined],
  ['hangs up', (socket) => socket.destroy()],
  ['refuses everybody', (socket) => socket.end('554 No\r\n')],
  ['is slow with every word', (socket) => socket.write('220-')],
];

/** Security catalogue A05: post is no part of an answer. */
describe.each(ILLS)('While the mail server %s,', (_, behave) => {
  const sockets = new Set<Socket>();
  let server: Server;
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      behave(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    test = await startTestApp({
      environment: { SMTP_URL: `smtp://127.0.0.1:${String(port)}`, SHUTDOWN_TIMEOUT: '1' },
    });
    make = new Make(test);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await test.database.query('DELETE FROM mail_queue'); // nobody shall wait for these
    await test.close();
  });

  const waiting = async () => {
    const [row] = await test.database.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM mail_queue WHERE failed_at IS NULL',
    );
    return row?.count ?? 0;
  };

  it('answers are what they always are, and their mails wait', async () => {
    const { email } = await make.user();
    const before = await waiting();
    for (const [path, body] of [
      ['register', { email: someEmail(), password: GOOD_PASSWORD }],
      ['register', { email, password: GOOD_PASSWORD }],
      ['password/forgot', { email }],
      ['password/forgot', { email: someEmail() }],
      ['email/verification', { email: someEmail() }],
    ] as const) {
      const answer = await make.client.post(`/v1/auth/${path}`, body);
      expect(answer.status).toBe(202);
    }
    expect(await waiting()).toBeGreaterThanOrEqual(before + 3);
  });

  it('signing in is possible, and the server well', async () => {
    const { email, password } = await make.user();
    expect((await make.client.login(email, password)).status).toBe(200);
    expect((await make.client.get('/health/ready')).status).toBe(200);
  });
});
