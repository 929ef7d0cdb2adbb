import type { INestApplication } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { NewsService } from '../database/news/news.service.js';
import { SignInWatch } from '../login/sign-in-watch.service.js';
import { HashPool } from '../passwords/hash-pool.js';

/** As much of node-postgres' pool as is shown. */
interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

type Labels = Readonly<Record<string, string>>;
type Value = readonly [value: number, labels?: Labels];

/** What the services count anyway, read when somebody asks: it costs a request nothing. */
export function showServices(app: INestApplication, registry: Registry): void {
  const find = <T>(type: new (...args: never[]) => T): T => app.get<T>(type, { strict: false });
  const [news, hashes, signIns] = [find(NewsService), find(HashPool), find(SignInWatch)];
  const pool = (find(DataSource).driver as unknown as { master: Pool }).master;
  const remembered = [...news.remembered];
  const { gauge, counter } = shownIn(registry);

  counter('sign_ins_total', 'Passwords that were checked at the sign-in, by outcome.', () =>
    Object.entries(signIns.total).map(([outcome, count]) => [count, { outcome }]),
  );
  gauge('hashes', 'Passwords that are hashed now, and that wait for it.', () =>
    Object.entries(hashes.load).map(([state, count]) => [count, { state }]),
  );
  gauge('remembered_facts', 'Facts in memory, so that requests need not read them.', () =>
    remembered.map(({ name, size }) => [size, { facts: name }]),
  );
  counter('remembered_lookups_total', 'Whether a fact was in memory or had to be read.', () =>
    remembered.flatMap(({ name: facts, found, missed }) => [
      [found, { facts, outcome: 'found' }],
      [missed, { facts, outcome: 'missed' }],
    ]),
  );
  gauge('news_up', '1: every change is heard; 0: nothing is remembered meanwhile.', () => [
    [Number(news.isLive)],
  ]);
  counter('news_heard_total', 'Announcements of changes that were heard.', () => [[news.heard]]);
  gauge('news_delay_seconds', 'How long the channel of the news took last, there and back.', () =>
    news.delay === undefined ? [] : [[news.delay / 1000]],
  );
  gauge('database_connections', 'Connections of the pool.', () => [
    [pool.totalCount - pool.idleCount, { state: 'busy' }],
    [pool.idleCount, { state: 'idle' }],
  ]);
  gauge('database_waiting', 'Requests that wait for a connection.', () => [[pool.waitingCount]]);
}

function shownIn(registry: Registry) {
  const shown =
    (Kind: typeof Gauge | typeof Counter) =>
    (name: string, help: string, read: () => readonly Value[]): void => {
      const labelNames = [...new Set(read().flatMap(([, labels = {}]) => Object.keys(labels)))];
      new Kind({
        name: `gatehouse_${name}`,
        help,
        labelNames,
        registers: [registry],
        collect() {
          this.reset();
          for (const [value, labels = {}] of read()) this.inc(labels, value);
        },
      });
    };
  return { gauge: shown(Gauge), counter: shown(Counter) };
}
