import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between the application and its database, and can be cut. */
export class WireTap {
  readonly #sockets = new Set<Socket>();
  /** Connections that listen for news, with where they end. */
  readonly #listening = new Map<Socket, Socket>();
  #mute = false;
  #server: Server | undefined;
  #port = 0;

  private constructor(
    /** `//user:password@` and `/name`. */
    private readonly ends: readonly [string, string],
    private readonly path: string,
  ) {}

  /** @param url of a database behind a unix socket, `postgres://user:password@%2Fdirectory:port/name` */
  static async before(url: string): Promise<WireTap> {
    const [, user = '', directory = '', port = '', name = ''] =
      /^postgres:(\/\/.*@)(.*):(\d+)(\/.*)$/.exec(url) ?? [];
    const tap = new WireTap([user, name], `${decodeURIComponent(directory)}/.s.PGSQL.${port}`);
    await tap.reconnect();
    return tap;
  }

  /** The same database, reached over this wire. */
  get url(): string {
    return `postgres:${this.ends[0]}127.0.0.1:${this.#port}${this.ends[1]}`;
  }

  /** From now on connections are accepted and nothing is ever answered; those there are break. */
  goMute(): void {
    this.#mute = true;
    this.#breakAll();
  }

  /** From now on the connections that listen for news stay open and carry nothing any more. */
  swallowNews(): void {
    for (const [upstream, socket] of this.#listening) upstream.unpipe(socket);
  }

  /** From now on connections are refused; those there are break. */
  async cut(): Promise<void> {
    const closed = once(this.#server!, 'close');
    this.#server!.close();
    this.#breakAll();
    await closed;
  }

  async reconnect(): Promise<void> {
    this.#mute = false;
    this.#breakAll();
    if (this.#server?.listening) return;
    this.#server = createServer((socket) => {
      this.#serve(socket);
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #serve(socket: Socket): void {
    this.#keep(socket);
    if (this.#mute) return;
    const upstream = connect(this.path);
    this.#keep(upstream);
    socket.on('data', (sent: Buffer) => {
      if (sent.includes('LISTEN')) this.#listening.set(upstream, socket);
    });
    socket.pipe(upstream).pipe(socket);
    socket.once('close', () => upstream.destroy());
    upstream.once('close', () => socket.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
