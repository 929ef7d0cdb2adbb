import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { addressOf } from '../common/http/caller.js';
import type { ApiKeyFact } from './api-key-fact.js';
import {
  GatheredUses,
  type GatheredUse,
  MOST_ADDRESSES,
  type UsedFrom,
  usedFrom,
  type UsedKey,
  usedKey,
} from './gathered-uses.js';

/** Milliseconds between two writes. */
const INTERVAL = 60_000;
/** Milliseconds before a write that cannot wait for the next one. */
const SOON = 100;
/** Keys a statement. */
const BATCH = 5000;
/** Keys that wait for a write at most: more are written at once, so that they cost no memory. */
const MOST = 20_000;

// Index: api_keys_pkey. In one order on every node, so that two of them cannot wait for each other; what they counted
// adds up, and the time only goes forward.
const COUNT = `
  WITH used AS MATERIALIZED (
    SELECT g.* FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[]) AS g(id, count, at, ip)
      JOIN api_keys k ON k.id = g.id ORDER BY k.id FOR NO KEY UPDATE OF k)
  UPDATE api_keys k SET
    use_count = k.use_count + used.count,
    last_used_at = GREATEST(k.last_used_at, used.at),
    last_used_ip = CASE WHEN k.last_used_at > used.at THEN k.last_used_ip ELSE NULLIF(used.ip, '') END
  FROM used WHERE k.id = used.id`;

// Indexes: api_key_uses_pkey, api_keys_pkey. Behind COUNT, in its transaction: whoever holds the rows of the keys is
// alone with their addresses, so that they stay this few.
const COUNT_BY_ADDRESS = `
  WITH used AS (
    SELECT g.*, u.ip IS NOT NULL AS known
      FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[]) AS g(key_id, count, at, ip)
      JOIN api_keys k ON k.id = g.key_id
      LEFT JOIN api_key_uses u ON u.key_id = g.key_id AND u.ip = g.ip),
  placed AS (
    SELECT *, row_number() OVER (PARTITION BY key_id, known ORDER BY ip = '', count DESC, ip)
              + (SELECT count(*) FROM api_key_uses u WHERE u.key_id = used.key_id AND u.ip <> '') AS place
      FROM used)
  INSERT INTO api_key_uses AS u (key_id, ip, count, last_used_at)
  SELECT key_id, CASE WHEN known OR place <= $5 THEN ip ELSE '' END, sum(count), max(at)
    FROM placed GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (key_id, ip) DO UPDATE SET
    count = u.count + EXCLUDED.count, last_used_at = GREATEST(u.last_used_at, EXCLUDED.last_used_at)`;

/**
 * When, from where and how often each key is used: gathered in memory, written once a minute for all of them together,
 * and sooner when they are many. Of a key that has a successor it is told by address, so that its owner knows who must
 * still change over. A node that is lost takes what it gathered with it, a minute's worth at most.
 */
@Injectable()
export class ApiKeyUsesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ApiKeys');
  readonly #gathered = new GatheredUses();
  /** One behind a proxy has many requests in a row. */
  #lastIp = '';
  #lastAddress = '';
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.tryWrite();
    }, INTERVAL).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    await this.write().catch(() => undefined);
  }

  /** It opened something now. */
  note({ id, retiring }: ApiKeyFact, ip: string): void {
    if (ip !== this.#lastIp) [this.#lastIp, this.#lastAddress] = [ip, addressOf(ip) ?? ''];
    this.#gathered.add(id, this.#lastAddress, this.clock.millis(), retiring !== undefined);
    if (this.#gathered.size < MOST) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.tryWrite();
    }, SOON).unref();
  }

  /** All that was gathered until now; one after the other. */
  write(): Promise<void> {
    const writing = this.#writing.catch(() => undefined).then(() => this.writeAll());
    this.#writing = writing;
    return writing;
  }

  private tryWrite(): void {
    this.write().catch(() => {
      this.#logger.warn('How API keys were used is written later');
    });
  }

  /** What was written is not written again, whatever happens to the rest. */
  private async writeAll(): Promise<void> {
    const uses = this.#gathered.takeAll();
    let written = 0;
    try {
      for (; written < uses.length; written += BATCH) {
        await this.writeSome(uses.slice(written, written + BATCH));
      }
    } catch (error) {
      this.#gathered.takeBack(uses.slice(written));
      throw error;
    }
  }

  private async writeSome(uses: readonly GatheredUse[]): Promise<void> {
    const keys = uses.map(usedKey);
    const addresses = uses.flatMap(usedFrom);
    if (addresses.length === 0) return count(this.dataSource.manager, keys);
    await this.dataSource.transaction(async (manager) => {
      await count(manager, keys);
      await countByAddress(manager, addresses);
    });
  }
}

async function count(manager: EntityManager, keys: readonly UsedKey[]): Promise<void> {
  await manager.query(COUNT, [keys.map(({ id }) => id), ...columnsOf(keys)]);
}

async function countByAddress(
  manager: EntityManager,
  addresses: readonly UsedFrom[],
): Promise<void> {
  const ids = addresses.map(({ keyId }) => keyId);
  await manager.query(COUNT_BY_ADDRESS, [ids, ...columnsOf(addresses), MOST_ADDRESSES]);
}

const columnsOf = (uses: readonly Omit<UsedKey, 'id'>[]) => [
  uses.map(({ count: n }) => n),
  uses.map(({ at }) => new Date(at)),
  uses.map(({ ip }) => ip),
];
