import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

type State = 'open' | 'mute';

/** One connection through the wire, and when what it carries next may arrive. */
interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Nothing passes any more, and nobody is told. */
  dead: boolean;
}

/** A cable between a program and a server on this machine that can be cut, stretched, or swallow what it carries. */
export class Wire {
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #state: State = 'open';
  #delay: () => number = () => 0;
  port = 0;

  constructor(private target: number) {}

  /** Connections are taken, and carried to the server. */
  async connect(): Promise<this> {
    this.#state = 'open';
    if (this.#server?.listening) return this;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#take(socket);
    });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Connections are refused; those there are break. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    this.breakAll();
    await closed;
  }

  /** Nothing arrives anywhere any more, and nobody is told. Who is swallowed so never hears of it, also afterwards. */
  swallow(): void {
    this.#state = 'mute';
    for (const pair of this.#pairs) pair.dead = true;
  }

  /** So many milliseconds later arrives what is sent from now on. */
  delay(millis: () => number): void {
    this.#delay = millis;
  }

  /** Another server takes over; who is connected to the former one is told. */
  lead(target: number): void {
    this.target = target;
    this.breakAll();
  }

  /** How many are connected. */
  get carried(): number {
    return this.#pairs.size;
  }

  breakAll(): void {
    for (const { client, upstream } of this.#pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  }

  #take(client: Socket): void {
    const upstream = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { client, upstream, dead: this.#state === 'mute' };
    this.#pairs.add(pair);
    this.#carry(pair, client, upstream);
    this.#carry(pair, upstream, client);
    client.once('close', () => {
      this.#pairs.delete(pair);
      upstream.destroy();
    });
  }

  #carry(pair: Pair, from: Socket, to: Socket): void {
    let free = 0;
    const later = (work: () => void) => {
      free = Math.max(free, performance.now() + this.#delay());
      const wait = free - performance.now();
      if (wait < 1) work();
      else setTimeout(work, wait);
    };
    from.on('error', () => undefined);
    from.on('data', (part: Buffer) => {
      if (pair.dead) return;
      later(() => {
        if (!to.destroyed) to.write(part);
      });
    });
    from.once('close', () => {
      if (!pair.dead) later(() => to.destroy());
    });
  }
}
