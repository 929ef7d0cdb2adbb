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

/** How its owner recognises a device. */
export type DeviceTraits = Pick<Device, 'name' | 'userAgent'>;

/** A device that has just signed in. */
export interface MetDevice {
  readonly token: OpaqueToken;
  /** Whether it showed no token of this user, or one that is void. */
  readonly isNew: boolean;
}

/** The only place that queries `known_devices`. */
@Injectable()
export class KnownDevicesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Whether a device showed that it signed in to the account of this canonical address before. */
  async isKnown(shown: string | undefined, account: string): Promise<boolean> {
    const token = shown === undefined ? undefined : OpaqueToken.parse(DEVICE_PREFIX, shown);
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
  async meet(
    manager: EntityManager,
    userId: string,
    device: DeviceTraits,
    shown?: string,
  ): Promise<MetDevice> {
    const token = shown === undefined ? undefined : OpaqueToken.parse(DEVICE_PREFIX, shown);
    if (token !== undefined && (await this.isMet(manager, userId, device, token))) {
      return { token, isNew: false };
    }
    return { token: await this.introduce(manager, userId, device), isNew: true };
  }

  /** Makes a device known: its owner has proved herself there. */
  async introduce(
    manager: EntityManager,
    userId: string,
    { name, userAgent }: DeviceTraits = { name: null, userAgent: null },
  ): Promise<OpaqueToken> {
    const token = OpaqueToken.issue(DEVICE_PREFIX);
    const now = this.clock.now();
    const { id, hash: secretHash } = token;
    const traits = { name, userAgent, trustedAt: null, trustedUntil: null };
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

  /** Every device is a stranger again. */
  async forget(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(KnownDevice, { userId });
  }

  private async isMet(
    manager: EntityManager,
    userId: string,
    { name, userAgent }: DeviceTraits,
    token: OpaqueToken,
  ): Promise<boolean> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(KnownDevice)
      .set({ lastUsedAt: this.clock.now(), userAgent, ...(name !== null && { name }) })
      .where('id = :id AND secret_hash = :hash', { id: token.id, hash: token.hash })
      .andWhere('user_id = :userId', { userId })
      .andWhere('last_used_at > :since', { since: this.clock.in(-DEVICE_LIFE) })
      .execute();
    return affected === 1;
  }
}
