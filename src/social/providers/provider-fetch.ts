import { lookup as resolve } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type Step, traced } from '../../common/traced.js';
import { isReachable } from './reachable.js';

/** Milliseconds for the whole answer, its body included. */
const TIMEOUT = 5000;
/** Bytes. Keys and profiles are far smaller. */
const MOST = 256 * 1024;

/** As openid-client and jose ask. */
interface Asked {
  readonly method?: string;
  readonly headers?: Headers | Readonly<Record<string, string>>;
  readonly body?: object | string | null | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

export type ProviderFetch = (url: string, asked: Asked) => Promise<Response>;

/**
 * Asks a provider, who may be anybody: within five seconds and 256 KiB, following no redirect, unpacking nothing, and
 * nowhere where no provider can be (see `isReachable`), whatever its name resolves to.
 */
export const providerFetch =
  (ownNetwork: boolean): ProviderFetch =>
  async (url, asked) =>
    traced(stepOf(url, asked), async (note) => {
      const answer = await ask(url, asked, ownNetwork);
      note({ 'http.response.status_code': answer.status });
      return answer;
    });

/** The host and no more: what follows it may hold a code or a token. */
const stepOf = (url: string, { method = 'GET' }: Asked): Step => ({
  name: 'ask a provider',
  attributes: { 'http.request.method': method, 'server.address': new URL(url).hostname },
  outward: true,
});

async function ask(
  url: string,
  { method = 'GET', headers, body, signal }: Asked,
  ownNetwork: boolean,
): Promise<Response> {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isReachable(host, ownNetwork)) {
    throw new Error('no place of a provider');
  }
  const deadline = AbortSignal.timeout(TIMEOUT);
  const options: RequestOptions = {
    method,
    headers: {
      ...Object.fromEntries(new Headers(headers as Record<string, string>)),
      'accept-encoding': 'identity',
    },
    lookup: guardedLookup(ownNetwork),
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    agent: false,
  };
  const send = protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((done, fail) => {
    const asking = send(url, options, (answer) => {
      responseOf(answer).then(done, (cause: unknown) => {
        asking.destroy();
        fail(new Error('no answer', { cause }));
      });
    });
    asking.on('error', fail);
    asking.end(textOf(body));
  });
}

/** Forms and nothing else are sent. */
const textOf = (body: Asked['body']): string | undefined =>
  body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : undefined;

async function responseOf(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  const { statusCode: status = 502, headers } = answer;
  const isEmpty = status === 204 || status === 304;
  const told = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  return new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers: told });
}

/** Looks at what a name stands for at the moment of connecting: a name that changes its mind gains nothing. */
const guardedLookup =
  (ownNetwork: boolean): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const good = addresses.filter(({ address }) => isReachable(address, ownNetwork));
      const [first] = good;
      if (first === undefined) callback(new Error('no place of a provider'), []);
      else if (options.all === true) callback(null, good);
      else callback(null, first.address, first.family);
    });
  };
