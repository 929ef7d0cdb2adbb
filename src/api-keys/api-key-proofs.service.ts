import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ApiKeyFact } from './api-key-fact.js';
import { ApiKeyReaderService } from './api-key-reader.service.js';
import type { ApiKey } from './api-key.js';
import { PeppersService } from './peppers.service.js';

/** Whether a key that is shown is one that was made here. */
@Injectable()
export class ApiKeyProofs {
  constructor(
    private readonly reader: ApiKeyReaderService,
    private readonly peppers: PeppersService,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * The HMAC by which it is proved from now on; undefined: there is no such key. By one read and one hash, whether its
   * id is known or not, and whether it is remembered or not, so that the time tells nobody which ids there are; compared
   * in constant time.
   */
  async prove(key: ApiKey): Promise<string | undefined> {
    const fact = await this.reader.read(key.id);
    const { current } = this.peppers;
    const pepper = fact ? await this.peppers.get(fact.pepperId) : current;
    const shown = key.mac(pepper.bytes);
    const stored = fact ? Buffer.from(fact.mac, 'latin1') : Buffer.alloc(shown.length);
    if (!timingSafeEqual(shown, stored) || fact === undefined) return undefined;
    return pepper.id === current.id ? fact.mac : this.pepperAnew(key, fact);
  }

  /** Only now that it is shown can it be hashed with the newest pepper. The table announces it. */
  private async pepperAnew(key: ApiKey, { id, pepperId }: ApiKeyFact): Promise<string> {
    const { current } = this.peppers;
    const mac = key.mac(current.bytes);
    // Index: api_keys_pkey
    await this.dataSource.query(
      'UPDATE api_keys SET secret_mac = $1, pepper_id = $2 WHERE id = $3 AND pepper_id = $4',
      [mac, current.id, id, pepperId],
    );
    return mac.toString('latin1');
  }
}
