import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Clock } from '../common/clock.js';
import { KeyRing } from '../config/key-ring.js';
import { ApiKeyPepper } from './pepper.entity.js';

export const PEPPER_PURPOSE = 'api-key-pepper';
const PEPPER_BYTES = 32;

export interface Pepper {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The peppers of API keys: opened at the start, so that no request waits for them. */
@Injectable()
export class PeppersService implements OnModuleInit {
  readonly #known = new Map<string, Pepper>();
  #current: Pepper | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const current = await this.ofNewestKey();
    this.#current = this.open(current ?? (await this.make()));
  }

  /** What new keys are hashed with. */
  get current(): Pepper {
    if (this.#current === undefined) throw new Error('The peppers of API keys are not read yet');
    return this.#current;
  }

  /** Another node may have made it since. @throws if no secret key of the ring opens it */
  async get(id: string): Promise<Pepper> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const row = await this.dataSource.manager.findOneByOrFail(ApiKeyPepper, { id }); // api_key_peppers_pkey
    return this.open(row);
  }

  private ofNewestKey(): Promise<ApiKeyPepper | null> {
    // Index: api_key_peppers_made_under_key
    return this.dataSource.manager.findOneBy(ApiKeyPepper, { madeUnder: this.ring.newestMark });
  }

  /** Of many nodes that start at once one makes it. */
  private async make(): Promise<ApiKeyPepper> {
    const id = uuidv7();
    await this.dataSource.manager
      .createQueryBuilder()
      .insert()
      .into(ApiKeyPepper)
      .values({
        id,
        sealedPepper: this.ring.seal(PEPPER_PURPOSE, id, randomBytes(PEPPER_BYTES)),
        madeUnder: this.ring.newestMark,
        createdAt: this.clock.now(),
      })
      .orIgnore()
      .execute();
    const made = await this.ofNewestKey();
    if (made === null) throw new Error('The pepper of API keys could not be read');
    return made;
  }

  private open({ id, sealedPepper }: ApiKeyPepper): Pepper {
    const pepper = { id, bytes: this.ring.open(PEPPER_PURPOSE, id, sealedPepper) };
    this.#known.set(id, pepper);
    return pepper;
  }
}
