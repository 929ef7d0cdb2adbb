import { generateKeyPairSync } from 'node:crypto';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { KeyRing } from '../config/key-ring.js';
import { Settings } from '../config/settings.js';
import { publicJwk } from './jwk.js';
import { SigningKey, type SigningKeyState } from './signing-key.entity.js';

export const SIGNING_KEY_PURPOSE = 'signing-key';
/** Names the lock that whoever changes the keys holds. */
const LOCK = 7_165_201_988;
/** Milliseconds between two looks. */
const INTERVAL = 3_600_000;
/** Seconds that nodes may differ in their clocks and in hearing of the change. */
const MARGIN = 60;

/** A key as the operator sees it. */
export type KeyStatus = Pick<
  SigningKey,
  'kid' | 'state' | 'createdAt' | 'activatedAt' | 'retiresAt'
>;

/**
 * Replaces the signing key, by hand or by itself when it is old. The next key has been published long before
 * it signs, so that nobody who verifies tokens meets a key that he does not know (ASVS 13.3.4).
 */
@Injectable()
export class SigningKeyRotationService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Keys');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly keyRing: KeyRing,
    private readonly audit: AuditService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.tend().catch(() => {
        this.#logger.warn('The signing keys are looked after later');
      });
    }, INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** The next key signs from now on, the current one retires, and another next one is made. */
  rotate(): Promise<void> {
    return this.alone((manager) => this.replaceCurrent(manager));
  }

  /** Sees to it that there is a current and a next key, none too old, and none that is of no more use. */
  tend(): Promise<void> {
    return this.alone(async (manager) => {
      await this.fillGaps(manager);
      const oldest = this.clock.in(-this.settings.signingKeyRotation);
      const isOld = await manager
        .createQueryBuilder(SigningKey, 'key')
        .where("key.state = 'current' AND key.activatedAt <= :oldest", { oldest })
        .getExists();
      if (isOld) await this.replaceCurrent(manager);
      await manager
        .createQueryBuilder()
        .delete()
        .from(SigningKey)
        .where("state = 'retiring' AND retires_at <= :now", { now: this.clock.now() })
        .execute();
    });
  }

  /** Current, next, then those that retire. */
  status(): Promise<KeyStatus[]> {
    return this.dataSource
      .getRepository(SigningKey)
      .createQueryBuilder('key')
      .select(
        ['kid', 'state', 'createdAt', 'activatedAt', 'retiresAt'].map((name) => `key.${name}`),
      )
      .orderBy("array_position('{current,next,retiring}'::varchar[], key.state)")
      .addOrderBy('key.retires_at', 'DESC')
      .getMany();
  }

  /** Of nodes that come at once, one works and the others find it done. */
  private alone(work: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      await work(manager);
    });
  }

  private async fillGaps(manager: EntityManager): Promise<void> {
    const rows = await manager
      .createQueryBuilder(SigningKey, 'key')
      .select('key.state', 'state')
      .getRawMany<{ state: SigningKeyState }>();
    const states = new Set(rows.map(({ state }) => state));
    if (!states.has('current')) await this.insert(manager, 'current');
    if (!states.has('next')) await this.insert(manager, 'next');
  }

  private async replaceCurrent(manager: EntityManager): Promise<void> {
    await this.fillGaps(manager);
    const now = this.clock.now();
    const retiresAt = this.clock.in(this.settings.accessTokenTtl + MARGIN);
    const change = (to: Partial<SigningKey>, from: SigningKeyState) =>
      manager.createQueryBuilder().update(SigningKey).set(to).where({ state: from }).execute();
    await change({ state: 'retiring', retiresAt }, 'current');
    await change({ state: 'current', activatedAt: now }, 'next');
    await this.insert(manager, 'next');
    await this.audit.record(manager, { action: 'signing_key_rotated', outcome: 'success' });
  }

  private async insert(manager: EntityManager, state: 'current' | 'next'): Promise<void> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kid } = publicJwk(privateKey);
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    const now = this.clock.now();
    await manager
      .createQueryBuilder()
      .insert()
      .into(SigningKey)
      .values({
        kid,
        sealedPrivateKey: this.keyRing.seal(SIGNING_KEY_PURPOSE, kid, der),
        state,
        createdAt: now,
        activatedAt: state === 'current' ? now : null,
        retiresAt: null,
      })
      .execute();
  }
}
