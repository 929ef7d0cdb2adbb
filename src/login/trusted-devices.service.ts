import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { OpaqueToken } from '../common/opaque-token.js';
import { Settings } from '../config/settings.js';
import { circumstances } from '../mail/circumstances.js';
import { Mailer } from '../mail/mailer.js';
import { recipientOf } from '../mail/recipient.js';
import { DEVICE_PREFIX } from './known-devices.service.js';
import type { Login } from './login-stage.js';

/** A device as its owner sees it. */
export interface TrustedDevice {
  readonly id: string;
  readonly name: string | null;
  readonly userAgent: string | null;
  /** The session that was opened on it last. */
  readonly sessionId: string | null;
  readonly trustedAt: Date;
  readonly trustedUntil: Date;
  readonly lastUsedAt: Date;
}

/** Since when at the earliest what is trusted is trusted still: a setting that becomes shorter ends what it was given for. */
const TRUSTED = 'user_id = $1 AND trusted_until > $2 AND trusted_at > $3';

/**
 * Devices that stand for the second factor of their owner. A change of credentials, of factors or of the address ends
 * that, whoever makes it: the database sees to it (`users_end_half_proofs`).
 */
@Injectable()
export class TrustedDevicesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Since when this user trusts the device that shows this; undefined: she does not. */
  async since(
    userId: string,
    shown: string | undefined,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Date | undefined> {
    const token = shown === undefined ? undefined : OpaqueToken.parse(DEVICE_PREFIX, shown);
    if (token === undefined || this.age === 0) return undefined;
    const [row] = await manager.query<{ trusted_at: Date }[]>(
      // Index: known_devices_pkey
      `SELECT trusted_at FROM known_devices WHERE ${TRUSTED} AND id = $4 AND secret_hash = $5`,
      [...this.whose(userId), token.id, token.hash],
    );
    return row?.trusted_at;
  }

  /** Those of this user, of whom there are fifty at most; the one that was used last is first. */
  async of(userId: string): Promise<TrustedDevice[]> {
    return this.dataSource.query<TrustedDevice[]>(
      // Index: known_devices_user_id_last_used_at_idx
      `SELECT id, name, user_agent AS "userAgent", session_id AS "sessionId", trusted_at AS "trustedAt",
              LEAST(trusted_until, trusted_at + make_interval(secs => $4)) AS "trustedUntil",
              last_used_at AS "lastUsedAt"
         FROM known_devices WHERE ${TRUSTED} ORDER BY last_used_at DESC, id DESC`,
      [...this.whose(userId), this.age],
    );
  }

  /** Whether this login is to begin it. What stands for a factor itself proves none, and so never prolongs itself. */
  begins({ trustDevice = false, onTrust = false, twoFactorAt }: Login): boolean {
    return trustDevice && !onTrust && twoFactorAt !== undefined && this.age > 0;
  }

  /** In the transaction that lets her in, after her second factor; she is told. */
  async trust(manager: EntityManager, login: Login, deviceId: string): Promise<void> {
    const { user, device, twoFactorAt = this.clock.now() } = login;
    const until = new Date(twoFactorAt.getTime() + this.age * 1000);
    await manager.query(
      // Index: known_devices_pkey
      'UPDATE known_devices SET trusted_at = $3, trusted_until = $4 WHERE id = $1 AND user_id = $2',
      [deviceId, user.id, twoFactorAt, until],
    );
    const about = { actorId: user.id, subjectId: user.id, caller: device.caller };
    const details = { deviceId, until: until.toISOString() };
    const happening = { action: 'device_trusted', outcome: 'success', details } as const;
    await this.audit.record(manager, { ...happening, ...about });
    const caller = { ip: device.ip ?? undefined, userAgent: device.userAgent ?? undefined };
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'device-trusted',
      params: { ...circumstances(caller, this.clock.now()), until },
    });
  }

  private get age(): number {
    return this.settings.twoFactor.trustedDeviceAge;
  }

  private whose(userId: string): unknown[] {
    return [userId, this.clock.now(), this.clock.in(-this.age)];
  }
}
