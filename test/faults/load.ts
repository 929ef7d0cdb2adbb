import { setTimeout as sleep } from 'node:timers/promises';
import { type Act, acts } from './acts.js';
import { type Answered, ask, type Question } from './ask.js';
import type { Fleet } from './fleet.js';
import { Ledger } from './ledger.js';

export interface LoadOptions {
  /** Requests a second. */
  readonly rate?: number;
  /** Whether HAProxy alone is asked; otherwise every second request goes straight to a node. */
  readonly throughProxy?: boolean;
  /** Of so many of a hundred requests the caller hangs up before the answer. */
  readonly impatient?: number;
  /** How many times as many people as usual: a higher rate is more of them, not each more often. */
  readonly crowd?: number;
}

/** Parts in a hundred. */
const MIX: readonly (readonly [number, Act])[] = [
  [2, 'signIn'],
  [30, 'refresh'],
  [55, 'read'],
  [5, 'readAsGhost'],
  [8, 'write'],
];

/** Mixed load on the fleet, at a steady rate whatever the answers are. */
export class Load {
  readonly ledger: Ledger;
  readonly answers: Answered[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #options: Required<LoadOptions>;
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #pace = { rate: 0, since: 0, sent: 0 };

  private constructor(
    readonly fleet: Fleet,
    options: LoadOptions,
  ) {
    this.ledger = new Ledger(fleet);
    this.#options = { rate: 30, throughProxy: false, impatient: 0, crowd: 1, ...options };
  }

  static async on(fleet: Fleet, options: LoadOptions = {}): Promise<Load> {
    const load = new Load(fleet, options);
    await load.ledger.open(load.#options.crowd);
    load.begin();
    return load;
  }

  private begin(): void {
    this.pace(this.#options.rate);
    this.#timer = setInterval(() => {
      const { rate, since, sent } = this.#pace;
      const due = sent + ((performance.now() - since) / 1000) * rate;
      for (; this.#sent < due; this.#sent++) {
        const acting: Promise<void> = acts[this.choose()](this).finally(() => {
          this.#pending.delete(acting);
        });
        this.#pending.add(acting);
      }
    }, 10);
  }

  /** From now on so many requests a second. */
  pace(rate: number): void {
    this.#pace = { rate, since: performance.now(), sent: this.#sent };
  }

  /** What is asked and not yet answered. */
  get pending(): number {
    return this.#pending.size;
  }

  private choose(): Act {
    let left = (this.#sent * 37) % 100; // in turn, and well mixed
    for (const [share, act] of MIX) {
      if (left < share) return act;
      left -= share;
    }
    return 'read';
  }

  /** Asks some node, and notes what nobody may ever be told. */
  async ask(method: string, path: string, question: Question = {}): Promise<Answered> {
    const hangUp = Math.random() * 100 < this.#options.impatient ? Math.random() * 20 : undefined;
    const asked = hangUp === undefined ? question : { ...question, hangUp };
    const answer = await ask(method, `${this.base()}/v1/${path}`, asked);
    if (hangUp === undefined) this.answers.push(answer);
    this.ledger.judge(`${method} ${path}`, answer);
    return answer;
  }

  private base(): string {
    const { fleet } = this;
    if (this.#options.throughProxy || Math.random() < 0.5) return fleet.proxy.url;
    return fleet.url(Math.floor(Math.random() * fleet.nodes.length));
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.race([Promise.all(this.#pending), sleep(60_000, undefined, { ref: false })]);
  }

  /** What was answered, by status. */
  counted(from = 0): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status } of this.answers.slice(from)) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  /** The longest that anybody waited. */
  get longest(): number {
    return Math.max(...this.answers.map(({ millis }) => millis));
  }
}
