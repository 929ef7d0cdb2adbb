import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { v4 as uuid } from 'uuid';

/** As much of what is asked as the door looks at. `P`: who asks. */
export interface Guarded<P> {
  readonly headers: IncomingHttpHeaders;
  readonly raw: { readonly rawHeaders: readonly string[] };
  readonly method: string;
  /** Where an access rule finds the id of its object. */
  readonly params: unknown;
  readonly ip: string;
  readonly id: string;
  principal?: P;
}

type Shown = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

/** What Socket.IO keeps of the request that opened a socket. */
interface SocketIo {
  readonly request: Shown;
  readonly handshake: { readonly auth?: { readonly token?: unknown } };
}

const NOTHING: Shown = { headers: {}, rawHeaders: [] };

/**
 * A message of a socket, or of another service, in the place of a request: its fields are where the parameters of a
 * route are. It shows the credential that its socket was opened with, or one of its own.
 */
export class GuardedMessage<P> implements Guarded<P> {
  readonly headers: IncomingHttpHeaders;
  readonly raw: { readonly rawHeaders: readonly string[] };
  /** Of the handshake. What keeps foreign pages away is its `Origin`, not a token of the page. */
  readonly method = 'GET';
  readonly params: unknown;
  /** Not known: proxies may stand between. */
  readonly ip = '';
  readonly id = uuid();
  principal?: P;

  constructor({ headers, rawHeaders }: Shown, data: unknown) {
    this.headers = headers;
    this.raw = { rawHeaders };
    this.params = isObject(data) ? data : {};
  }
}

const handshakes = new WeakMap<object, Shown>();

/** For sockets that do not keep it themselves (`ws`): call it when one is opened, or its messages are nobody's. */
export function rememberHandshake(
  socket: object,
  { headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
): void {
  handshakes.set(socket, { headers, rawHeaders });
}

/** The one place that knows what is asked in which transport. The same for the same message, whoever calls it. */
export function guardedRequest<P>(context: ExecutionContext): Guarded<P> {
  const type = context.getType<string>();
  if (type === 'http') return context.switchToHttp().getRequest<Guarded<P>>();
  const args = context.getArgs<unknown[]>();
  const known = args.find((arg) => arg instanceof GuardedMessage);
  if (known !== undefined) return known as GuardedMessage<P>;
  const [first, second] = args;
  const message =
    type === 'ws'
      ? new GuardedMessage<P>(handshakeOf(first), second)
      : new GuardedMessage<P>(type === 'rpc' ? taken(first) : NOTHING, first);
  // What belongs to the message must travel with it: a socket has many under way. Nest looks at the ends of the list.
  args.splice(type === 'ws' ? -1 : args.length, 0, message);
  return message;
}

function handshakeOf(socket: unknown): Shown {
  if (!isObject(socket)) return NOTHING;
  return handshakes.get(socket) ?? ('handshake' in socket ? ofSocketIo(socket) : NOTHING);
}

/** `auth: { token }` is what a page can show that cannot set headers; beside a header it is one too many. */
function ofSocketIo(socket: object): Shown {
  const { request, handshake } = socket as SocketIo;
  const token = handshake.auth?.token;
  if (token === undefined) return request;
  const authorization = typeof token === 'string' ? `Bearer ${token}` : '';
  return {
    headers: { authorization, ...request.headers },
    rawHeaders: [...request.rawHeaders, 'authorization', authorization],
  };
}

/** The fields of messages between services that show a credential, and the headers that they stand for. */
const FIELDS = [
  ['authorization', 'authorization'],
  ['apiKey', 'x-api-key'],
] as const;

/** The credential of a message between services; it is taken out, and nothing behind the door sees it. */
function taken(data: unknown): Shown {
  if (!isObject(data)) return NOTHING;
  const fields = data as Record<string, unknown>;
  const shown = FIELDS.filter(([field]) => Object.hasOwn(fields, field)).map(([field, header]) => {
    const value = fields[field];
    Reflect.deleteProperty(fields, field);
    return [header, typeof value === 'string' ? value : ''] as const;
  });
  return shown.length === 0
    ? NOTHING
    : { headers: Object.fromEntries(shown), rawHeaders: shown.flat() };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
