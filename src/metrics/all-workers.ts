import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

/** Between a worker that is asked for the metrics and its parent, which asks them all. */
interface Wanted {
  readonly type: 'metrics-wanted' | 'metrics';
  readonly id: number;
  /** Absent: they could not be gathered. */
  readonly text?: string;
}

const isOf = (type: Wanted['type'], message: unknown): message is Wanted =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === type;

/** In the parent: gathers what all workers count, for the one that was asked. */
export function gatherFromWorkers(): void {
  const all = new AggregatorRegistry();
  cluster.on('message', (worker, message: unknown) => {
    if (!isOf('metrics-wanted', message)) return;
    const answer = (text?: string) => {
      const given = {
        type: 'metrics' as const,
        id: message.id,
        ...(text !== undefined && { text }),
      };
      worker.send(given satisfies Wanted, () => undefined); // it may have ended meanwhile
    };
    all.clusterMetrics().then(answer, () => {
      answer();
    });
  });
}

/** In a worker: the metrics of all, by way of the parent. Undefined: one of them did not answer. */
export function metricsOfAll(registry: Registry): () => Promise<string | undefined> {
  AggregatorRegistry.setRegistries([registry]);
  new AggregatorRegistry(); // from now on this process answers its parent
  let last = 0;
  return () =>
    new Promise((resolve) => {
      const id = ++last;
      const take = (message: unknown) => {
        if (!isOf('metrics', message) || message.id !== id) return;
        process.off('message', take);
        resolve(message.text);
      };
      process.on('message', take);
      process.send?.({ type: 'metrics-wanted', id } satisfies Wanted);
    });
}
