import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answered {
  /** 0: none came. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  readonly millis: number;
  readonly error?: string;
}

export interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Milliseconds until it is given up. */
  readonly patience?: number;
  /** Milliseconds until the caller hangs up, whatever comes. */
  readonly hangUp?: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** Never rejects: no answer is an outcome, too. */
export function ask(method: string, url: string, question: Question = {}): Promise<Answered> {
  const { headers = {}, body, patience = 40_000, hangUp } = question;
  const payload = body && JSON.stringify(body);
  const began = performance.now();
  return new Promise((resolve) => {
    const done = (status: number, more: Partial<Answered> = {}) => {
      clearTimeout(timer);
      resolve({ status, headers: {}, body: {}, millis: performance.now() - began, ...more });
    };
    const type = payload && { 'content-type': 'application/json' };
    const sent = request(url, { method, agent, headers: { ...headers, ...type } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', (error) => {
        done(0, { error: error.message });
      });
      answer.on('end', () => {
        const read = parse(Buffer.concat(parts).toString());
        done(answer.statusCode ?? 0, { headers: answer.headers, body: read });
      });
    });
    const timer = setTimeout(() => {
      sent.destroy(new Error('given up'));
    }, hangUp ?? patience);
    sent.on('error', (error: NodeJS.ErrnoException) => {
      done(0, { error: error.code ?? error.message });
    });
    sent.end(payload);
  });
}

function parse(text: string): Answered['body'] {
  try {
    return text === '' ? {} : (JSON.parse(text) as Answered['body']);
  } catch {
    return {};
  }
}
