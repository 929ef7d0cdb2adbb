import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { KeyRing } from '../config/key-ring.js';
import { type PublicJwk, publicJwk } from './jwk.js';
import { SigningKey } from './signing-key.entity.js';

const PURPOSE = 'signing-key';
/** Names the lock under which the first key is made. */
const LOCK = 7_165_201_988;
/** Milliseconds between two looks for a key that another node made. */
const RELOAD_INTERVAL = 2000;

interface LoadedKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
}

/** The keys that sign and verify access tokens, in memory as KeyObjects; PEM is forty times slower. */
@Injectable()
export class SigningKeysService implements OnModuleInit {
  #keys: readonly LoadedKey[] = [];
  #loadedAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly keyRing: KeyRing,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.load();
    if (this.#keys.length === 0) {
      await this.createFirst();
      await this.load();
    }
  }

  /** The one that signs: the newest. */
  current(): LoadedKey {
    const [newest] = this.#keys;
    if (newest === undefined) throw new Error('There is no signing key');
    return newest;
  }

  /** Undefined: unknown. Looks for keys of other nodes, at most every two seconds. */
  async findPublicKey(kid: string): Promise<KeyObject | undefined> {
    const known = this.publicKeyOf(kid);
    if (known !== undefined || this.clock.millis() - this.#loadedAt < RELOAD_INTERVAL) return known;
    await this.load();
    return this.publicKeyOf(kid);
  }

  jwks(): { keys: readonly PublicJwk[] } {
    return { keys: this.#keys.map(({ jwk }) => jwk) };
  }

  private publicKeyOf(kid: string): KeyObject | undefined {
    return this.#keys.find((key) => key.kid === kid)?.publicKey;
  }

  private async load(): Promise<void> {
    this.#loadedAt = this.clock.millis();
    const rows = await this.dataSource
      .getRepository(SigningKey)
      .createQueryBuilder('key')
      .orderBy('key.createdAt', 'DESC')
      .getMany();
    this.#keys = rows.map((row) => this.open(row));
  }

  private open({ kid, sealedPrivateKey }: SigningKey): LoadedKey {
    const privateKey = createPrivateKey({
      key: this.unseal(kid, sealedPrivateKey),
      format: 'der',
      type: 'pkcs8',
    });
    return { kid, privateKey, publicKey: createPublicKey(privateKey), jwk: publicJwk(privateKey) };
  }

  private unseal(kid: string, sealed: Buffer): Buffer {
    try {
      return this.keyRing.open(PURPOSE, kid, sealed);
    } catch (cause) {
      throw Object.assign(
        new Error(
          'The signing keys in the database are sealed with a key that SECRET_KEYS (or the file secret-keys in DATA_DIR) does not hold. Add that key behind the new one.',
          { cause },
        ),
        { code: 'SECRET_KEY_MISSING' },
      );
    }
  }

  /** Of nodes that start at once on an empty database, one makes the key. */
  private async createFirst(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const existing = await manager.createQueryBuilder(SigningKey, 'key').getCount();
      if (existing === 0) await this.insertNew(manager);
    });
  }

  private async insertNew(manager: EntityManager): Promise<void> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kid } = publicJwk(privateKey);
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    await manager
      .createQueryBuilder()
      .insert()
      .into(SigningKey)
      .values({
        kid,
        sealedPrivateKey: this.keyRing.seal(PURPOSE, kid, der),
        createdAt: this.clock.now(),
      })
      .execute();
  }
}
