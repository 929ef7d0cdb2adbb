import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { levelOf } from '../sessions/proof.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { KnownDevicesService, type MetDevice } from './known-devices.service.js';
import type { OpenedLogin } from './login-outcome.js';
import type { Login } from './login-stage.js';
import { NewDeviceNotice } from './new-device-notice.service.js';
import { TrustedDevicesService } from './trusted-devices.service.js';

/** Opens the session of a login that has passed every stage, and gets to know its device. */
@Injectable()
export class OpeningService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevicesService,
    private readonly trusted: TrustedDevicesService,
    private readonly notice: NewDeviceNotice,
  ) {}

  /** Undefined: what was proved no longer counts. */
  async open(login: Login): Promise<OpenedLogin | undefined> {
    const { user, device } = login;
    let met: MetDevice | undefined;
    const opened = await this.sessions.open(user, login, device, async (manager) => {
      met = await this.meet(manager, login);
      if (met.isNew) await this.notice.write(manager, login);
    });
    if (opened === undefined || met === undefined) return undefined;
    this.notice.send();
    const { row: session, secret } = opened;
    const isWhole = levelOf(session, session.createdAt) !== 'enrollment';
    const status = isWhole ? 'authenticated' : 'two_factor_enrollment_required';
    return { status, user, session, secret, deviceToken: met.token };
  }

  /** What is to stand for a second factor gets a token that nobody saw before that was proved (ASVS 7.2.4). */
  private async meet(manager: EntityManager, login: Login): Promise<MetDevice> {
    const { user, device, deviceToken, trustDevice = false, twoFactorAt } = login;
    const met = await this.devices.meet(manager, user.id, device, deviceToken);
    if (!trustDevice || twoFactorAt === undefined) return met;
    const token = await this.devices.introduce(manager, user.id, device);
    await this.trusted.trust(manager, user.id, token.id);
    return { token, isNew: met.isNew };
  }
}
