import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Answer } from './client.js';
import type { TestApp } from './test-app.js';

type RawAnswer = Pick<Answer, 'status' | 'headers' | 'text' | 'body'>;

/** Speaks to the server byte by byte, as no HTTP client would. */
export class RawHttp {
  private constructor(private readonly port: number) {}

  static async open({ app }: TestApp): Promise<RawHttp> {
    await app.listen(0, '127.0.0.1');
    return new RawHttp((app.getHttpServer().address() as AddressInfo).port);
  }

  /** Sends the bytes and reads until the server closes the connection; every answer in order. */
  async exchange(...parts: (string | Buffer)[]): Promise<RawAnswer[]> {
    const socket = this.connect();
    const text = read(socket);
    for (const part of parts) socket.write(part);
    return answersIn(await text);
  }

  /** Sends the bytes, expects one answer. */
  async ask(...parts: (string | Buffer)[]): Promise<RawAnswer> {
    const answers = await this.exchange(...parts);
    expect(answers).toHaveLength(1);
    return answers[0]!;
  }

  /** Goes on sending the same piece until the server closes the connection. */
  async flood(head: string, piece: string | Buffer): Promise<RawAnswer[]> {
    const socket = this.connect();
    const text = read(socket);
    socket.write(head);
    while (!socket.destroyed && socket.writable) {
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
      await new Promise(setImmediate);
    }
    return answersIn(await text);
  }

  /** Sends the bytes and goes away without waiting for an answer. */
  async leaveAfter(bytes: string): Promise<Socket> {
    const socket = this.connect();
    await new Promise<void>((resolve) => {
      socket.write(bytes, () => {
        socket.resetAndDestroy();
        resolve();
      });
    });
    return socket;
  }

  private connect(): Socket {
    const socket = connect(this.port, '127.0.0.1');
    socket.on('error', () => undefined); // the server may close while we still write
    socket.setTimeout(5000, () => socket.destroy());
    return socket;
  }
}

async function read(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    const json = (headers['content-type'] ?? '').includes('json');
    answers.push({
      status: Number(first.split(' ')[1]),
      headers,
      text: body,
      body: json ? (JSON.parse(body) as unknown) : undefined,
    });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}
