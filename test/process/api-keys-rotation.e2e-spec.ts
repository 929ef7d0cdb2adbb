import { setTimeout as sleep } from 'node:timers/promises';
import { removeProgram } from '../support/server-process.js';
import { call, TwoNodes } from './two-nodes.js';

jest.setTimeout(180_000);

const KEYS = '/v1/users/me/api-keys';
/** After this long every node has heard of a change, whatever else fails. */
const HEARD = 5000;
/** How a stopped node looks to who calls it; a load balancer asks the next one. */
const AWAY = ['ECONNREFUSED', 'ECONNRESET'];

interface Outcome {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly node: number;
  readonly status: number | string;
}

/** A program that calls so often a second, half of it each node, with the key that it has at the time. */
class Program {
  readonly outcomes: Outcome[] = [];
  retried = 0;
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #sent = 0;

  constructor(
    private readonly fleet: TwoNodes,
    rate: number,
    public key: string,
  ) {
    const began = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - began) / 1000) * rate;
      for (; this.#sent < due; this.#sent++) {
        const asking: Promise<void> = this.ask(this.#sent % 2).finally(() =>
          this.#pending.delete(asking),
        );
        this.#pending.add(asking);
      }
    }, 10);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  private async ask(first: number): Promise<void> {
    const sentAt = performance.now();
    let node = first;
    const headers = { 'x-api-key': this.key };
    const answer = await this.fleet.me(node, headers).catch(async (error: unknown) => {
      if (!AWAY.includes((error as NodeJS.ErrnoException).code ?? '')) return error;
      this.retried++;
      node = 1 - first;
      return this.fleet.me(node, headers).catch((again: unknown) => again);
    });
    const status = answer instanceof Error ? answer.message : (answer as { status: number }).status;
    this.outcomes.push({ sentAt, answeredAt: performance.now(), node, status });
  }
}

const statusesOf = (outcomes: readonly Outcome[]) => [
  ...new Set(outcomes.map(({ status }) => status)),
];

describe('A key that is rotated while programs call with it', () => {
  const fleet = new TwoNodes();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  it('goes over to its successor without one call that fails, and a node is restarted on the way', async () => {
    const { refreshToken } = await fleet.signedIn('token');
    const { body: pair } = await fleet.post(0, 'refresh', { refreshToken });
    const headers = { authorization: `Bearer ${pair['accessToken'] ?? ''}` };
    const keys = (method: string, path = '', body?: object) =>
      call(method, `${fleet.urls[0] ?? ''}${KEYS}${path}`, headers, body);

    const made = await keys('POST', '', { name: 'Billing' });
    expect(made.status).toBe(201);
    const old = { id: made.body['id'] ?? '', key: made.body['key'] ?? '' };

    const program = new Program(fleet, 200, old.key);
    const laggard = new Program(fleet, 20, old.key);
    await sleep(2000);
    const rotated = await keys('POST', `/${old.id}/rotate`, { overlapSeconds: 3600 });
    expect(rotated.status).toBe(201);
    await sleep(1000);
    program.key = rotated.body['key'] ?? '';
    await sleep(1000);
    expect(await fleet.restart(1)).toBe(0);
    await sleep(2000);

    const cutAt = performance.now();
    expect((await keys('DELETE', `/${old.id}`)).status).toBe(204);
    const cutBy = performance.now();
    expect((await fleet.me(0, { 'x-api-key': old.key })).status).toBe(401); // here at once
    await sleep(2000);
    const heardBy = laggard.outcomes.filter(({ status }) => status === 200).at(-1)?.sentAt ?? 0;
    await Promise.all([program.stop(), laggard.stop()]);

    expect(statusesOf(program.outcomes)).toEqual([200]);
    expect(program.outcomes.length).toBeGreaterThan(1000);
    expect(program.outcomes.filter(({ node }) => node === 1).length).toBeGreaterThan(100);
    expect(program.retried).toBeGreaterThan(0); // the node was away
    const before = laggard.outcomes.filter(({ answeredAt }) => answeredAt < cutAt);
    expect(statusesOf(before)).toEqual([200]);
    expect(heardBy - cutBy).toBeLessThan(HEARD);
    const after = laggard.outcomes.filter(({ sentAt }) => sentAt > Math.max(heardBy, cutBy));
    expect(statusesOf(after)).toEqual([401]);
  });
});
