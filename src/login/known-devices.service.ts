import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { OpaqueToken } from '../common/opaque-token.js';
import type { Device } from '../sessions/device.js';
import { KnownDevice } from './known-device.entity.js';

export const DEVICE_PREFIX = 'ghn';
/** Seconds after its last sign-in that a device is forgotten. */
export const DEVICE_LIFE = 31_536_000;
/** Devices of one user; past it those that were used longest ago are forgotten. */
const MOST = 50;

/** Whose sign-in it is, what it opened, and how its owner recognises the device. */
export interface Arrival {
  readonly userId: string;
  readonly sessionId: string;
  readonly device: Pick<Device, 'name' | 'userAgent'>;
}

/** A device that has just signed in. */
export interface MetDevice {
  readonly token: OpaqueToken;
  /** Whether it showed no token of this user, or one that is void. */
  readonly isNew: boolean;
}

/** With `TrustedDevicesService` the only place that queries `known_devices`. */
@Injectable()
export class KnownDevicesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Whether a device showed that it signed in to the account of this canonical address before. */
  async isKnown(shown: string | undefined, account: string): Promise<boolean> {
    const token = tokenOf(shown);
    if (token === undefined) return false;
    // Indexes: known_devices_pkey, users_pkey
    const rows = await this.dataSource.query<unknown[]>(
      `SELECT 1 FROM known_devices d JOIN users u ON u.id = d.user_id
        WHERE d.id = $1 AND d.secret_hash = $2 AND d.last_used_at > $3 AND u.email_canonical = $4`,
      [token.id, token.hash, this.clock.in(-DEVICE_LIFE), account],
    );
    return rows.length > 0;
  }

  /** In the transaction that lets the user in, which holds her row. */
  async meet(manager: EntityManager, arrival: Arrival, shown?: string): Promise<MetDevice> {
    const token = tokenOf(shown);
    if (token !== undefined && (await this.isMet(manager, arrival, token))) {
      return { token, isNew: false };
    }
    return { token: await this.introduce(manager, arrival), isNew: true };
  }

  /** The same, under a token that nobody has seen before; the one that was shown is void (ASVS 7.2.4). */
  async meetAnew(manager: EntityManager, arrival: Arrival, shown?: string): Promise<MetDevice> {
    const former = await this.take(manager, arrival.userId, tokenOf(shown));
    const { name, userAgent } = arrival.device;
    const device = { name: name ?? former?.name ?? null, userAgent };
    const token = await this.introduce(manager, { ...arrival, device });
    return { token, isNew: former === undefined };
  }

  /** Every device is a stranger again. */
  async forget(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(KnownDevice, { userId });
  }

  private async introduce(
    manager: EntityManager,
    { userId, sessionId, device: { name, userAgent } }: Arrival,
  ): Promise<OpaqueToken> {
    const token = OpaqueToken.issue(DEVICE_PREFIX);
    const now = this.clock.now();
    const { id, hash: secretHash } = token;
    const traits = { name, userAgent, sessionId, trustedAt: null, trustedUntil: null };
    const times = { createdAt: now, lastUsedAt: now };
    await manager.insert(KnownDevice, { id, userId, secretHash, ...times, ...traits });
    // Index: known_devices_user_id_last_used_at_idx
    await manager.query(
      `DELETE FROM known_devices WHERE user_id = $1 AND (last_used_at <= $2 OR id IN
         (SELECT id FROM known_devices WHERE user_id = $1 ORDER BY last_used_at DESC, id DESC OFFSET $3))`,
      [userId, this.clock.in(-DEVICE_LIFE), MOST],
    );
    return token;
  }

  private async isMet(
    manager: EntityManager,
    { userId, sessionId, device: { name, userAgent } }: Arrival,
    token: OpaqueToken,
  ): Promise<boolean> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(KnownDevice)
      .set({ lastUsedAt: this.clock.now(), sessionId, userAgent, ...(name !== null && { name }) })
      .where('id = :id AND secret_hash = :hash', { id: token.id, hash: token.hash })
      .andWhere('user_id = :userId', { userId })
      .andWhere('last_used_at > :since', { since: this.clock.in(-DEVICE_LIFE) })
      .execute(); // known_devices_pkey
    return affected === 1;
  }

  /** Forgets a device; undefined: it is none of this user. */
  private async take(
    manager: EntityManager,
    userId: string,
    token: OpaqueToken | undefined,
  ): Promise<{ readonly name: string | null } | undefined> {
    if (token === undefined) return undefined;
    const taken = await manager
      .createQueryBuilder()
      .delete()
      .from(KnownDevice)
      .where('id = :id AND secret_hash = :hash', { id: token.id, hash: token.hash })
      .andWhere('user_id = :userId', { userId })
      .andWhere('last_used_at > :since', { since: this.clock.in(-DEVICE_LIFE) })
      .returning('name')
      .execute(); // known_devices_pkey
    return (taken.raw as { name: string | null }[])[0];
  }
}

const tokenOf = (shown: string | undefined): OpaqueToken | undefined =>
  shown === undefined ? undefined : OpaqueToken.parse(DEVICE_PREFIX, shown);
