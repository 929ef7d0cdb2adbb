import type { INestApplication } from '@nestjs/common';
import { type Aggregator, Counter, Gauge, type Registry } from 'prom-client';
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
  const { gauge, counter, combined } = shownIn(registry);

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
  combined(
    'news_up',
    '1: every change is heard; 0: nothing is remembered meanwhile.',
    'min',
    () => [[Number(news.isLive)]],
  );
  counter('news_heard_total', 'Announcements of changes that were heard.', () => [[news.heard]]);
  const delay = 'How long the channel of the news took last, there and back.';
  combined('news_delay_seconds', delay, 'max', () => inSeconds(news.delay));
  const skew = 'How far this clock is ahead of that of the database; negative: behind.';
  combined('clock_skew_seconds', skew, 'average', () => inSeconds(news.clockSkew));
  gauge('database_connections', 'Connections of the pool.', () => [
    [pool.totalCount - pool.idleCount, { state: 'busy' }],
    [pool.idleCount, { state: 'idle' }],
  ]);
  gauge('database_waiting', 'Requests that wait for a connection.', () => [[pool.waitingCount]]);
}

const inSeconds = (millis: number | undefined): Value[] =>
  millis === undefined ? [] : [[millis / 1000]];

function shownIn(registry: Registry) {
  const show = (
    Kind: typeof Gauge | typeof Counter,
    given: Readonly<{ name: string; help: string; aggregator?: Aggregator }>,
    read: () => readonly Value[],
  ): void => {
    const labelNames = [...new Set(read().flatMap(([, labels = {}]) => Object.keys(labels)))];
    new Kind({
      ...given,
      name: `gatehouse_${given.name}`,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, labels = {}] of read()) this.inc(labels, value);
      },
    });
  };
  const summed =
    (Kind: typeof Gauge | typeof Counter) =>
    (name: string, help: string, read: () => readonly Value[]): void => {
      show(Kind, { name, help }, read);
    };
  return {
    gauge: summed(Gauge),
    counter: summed(Counter),
    /** A gauge that the sum over several workers would make nonsense of. */
    combined: (
      name: string,
      help: string,
      aggregator: Aggregator,
      read: () => readonly Value[],
    ) => {
      show(Gauge, { name, help, aggregator }, read);
    },
  };
}
