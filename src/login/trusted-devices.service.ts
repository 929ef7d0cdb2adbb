import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { OpaqueToken } from '../common/opaque-token.js';
import { Settings } from '../config/settings.js';
import { DEVICE_PREFIX } from './known-devices.service.js';

/**
 * Devices that stand for the second factor of their owner. A change of credentials, of factors or of the address ends
 * that, whoever makes it: the database sees to it (`users_end_half_proofs`).
 */
@Injectable()
export class TrustedDevicesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Since when this user trusts the device that shows this; undefined: she does not. */
  async since(userId: string, shown: string | undefined): Promise<Date | undefined> {
    const token = shown === undefined ? undefined : OpaqueToken.parse(DEVICE_PREFIX, shown);
    if (token === undefined || this.settings.twoFactor.trustedDeviceAge === 0) return undefined;
    const [row] = await this.dataSource.query<{ trusted_at: Date }[]>(
      // Index: known_devices_pkey
      `SELECT trusted_at FROM known_devices
        WHERE id = $1 AND secret_hash = $2 AND user_id = $3 AND trusted_until > $4`,
      [token.id, token.hash, userId, this.clock.now()],
    );
    return row?.trusted_at;
  }

  /** In the transaction that lets her in, after her second factor. */
  async trust(manager: EntityManager, userId: string, deviceId: string): Promise<void> {
    const { trustedDeviceAge } = this.settings.twoFactor;
    if (trustedDeviceAge === 0) return;
    await manager.query(
      // Index: known_devices_pkey
      'UPDATE known_devices SET trusted_at = $3, trusted_until = $4 WHERE id = $1 AND user_id = $2',
      [deviceId, userId, this.clock.now(), this.clock.in(trustedDeviceAge)],
    );
  }
}
