import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { KeyRing } from '../config/key-ring.js';
import { NewsService } from '../database/news/news.service.js';
import { type PublicJwk, publicJwk } from './jwk.js';
import { SIGNING_KEY_PURPOSE, SigningKeyRotationService } from './signing-key-rotation.service.js';
import { SigningKey, type SigningKeyState } from './signing-key.entity.js';

/** Milliseconds between two looks for a key that a token names and this node does not know. */
const RELOAD_INTERVAL = 2000;
/** Milliseconds between two looks for nothing in particular, should news have been missed. */
const REGULAR_INTERVAL = 60_000;
const ORDER: readonly SigningKeyState[] = ['current', 'next', 'retiring'];

interface LoadedKey {
  readonly kid: string;
  readonly state: SigningKeyState;
  readonly retiresAt: Date | null;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
}

/**
 * The keys that sign and verify access tokens, in memory as KeyObjects; PEM is forty times slower. Follows what
 * other nodes and the operator do; while the database is away, what is known goes on working.
 */
@Injectable()
export class SigningKeysService implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Keys');
  #keys: readonly LoadedKey[] = [];
  #loadedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly keyRing: KeyRing,
    private readonly rotation: SigningKeyRotationService,
    private readonly news: NewsService,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.load(); // first, so that a missing SECRET_KEYS is told before a new key is made
    await this.rotation.tend();
    await this.load();
    this.news.onChange('signing_keys', () => {
      this.follow();
    });
    this.#timer = setInterval(() => {
      this.follow();
    }, REGULAR_INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** The one that signs. */
  current(): LoadedKey {
    const current = this.#keys.find(({ state }) => state === 'current');
    if (current === undefined) throw new Error('There is no signing key');
    return current;
  }

  /** Undefined: unknown, or retired. Looks for keys of other nodes, at most every two seconds. */
  async findPublicKey(kid: string): Promise<KeyObject | undefined> {
    const known = this.publicKeyOf(kid);
    if (known !== undefined || this.clock.millis() - this.#loadedAt < RELOAD_INTERVAL) return known;
    await this.load();
    return this.publicKeyOf(kid);
  }

  /** Of current, next and retiring keys, in this order. */
  jwks(): { keys: readonly PublicJwk[] } {
    return { keys: this.living().map(({ jwk }) => jwk) };
  }

  private publicKeyOf(kid: string): KeyObject | undefined {
    return this.living().find((key) => key.kid === kid)?.publicKey;
  }

  private living(): readonly LoadedKey[] {
    const now = this.clock.millis();
    return this.#keys.filter(({ retiresAt }) => retiresAt === null || now < retiresAt.getTime());
  }

  private follow(): void {
    this.load().catch(() => {
      this.#logger.warn('The signing keys are read again later');
    });
  }

  private async load(): Promise<void> {
    this.#loadedAt = this.clock.millis();
    const rows = await this.dataSource
      .getRepository(SigningKey)
      .createQueryBuilder('key')
      .orderBy('key.createdAt', 'DESC')
      .getMany();
    const keys = rows.flatMap((row) => this.openIfKnown(row));
    this.#keys = keys.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  }

  /**
   * A node beside this one may have newer SECRET_KEYS, and make keys that cannot be opened here: they are left out, and
   * all others followed. At the start, and where it is the one that signs, that is a mistake.
   */
  private openIfKnown(row: SigningKey): LoadedKey[] {
    const { kid, state, retiresAt } = row;
    try {
      return [this.open(row)];
    } catch (error) {
      const known = this.#keys.find((key) => key.kid === kid); // sealed anew meanwhile
      if (known !== undefined) return [{ ...known, state, retiresAt }];
      if (this.#keys.length === 0 || state === 'current') throw error;
      this.#logger.warn(`The signing key ${kid} is sealed with a key that SECRET_KEYS lacks here`);
      return [];
    }
  }

  private open({ kid, state, retiresAt, sealedPrivateKey }: SigningKey): LoadedKey {
    const privateKey = createPrivateKey({
      key: this.unseal(kid, sealedPrivateKey),
      format: 'der',
      type: 'pkcs8',
    });
    const publicKey = createPublicKey(privateKey);
    return { kid, state, retiresAt, privateKey, publicKey, jwk: publicJwk(privateKey) };
  }

  private unseal(kid: string, sealed: Buffer): Buffer {
    try {
      return this.keyRing.open(SIGNING_KEY_PURPOSE, kid, sealed);
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
}
