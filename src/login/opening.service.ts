import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { levelOf } from '../sessions/proof.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { KnownDevicesService, type MetDevice } from './known-devices.service.js';
import type { OpenedLogin } from './login-outcome.js';
import type { Login } from './login-stage.js';
import { NewDeviceNotice } from './new-device-notice.service.js';
import { TrustedDevicesService } from './trusted-devices.service.js';

/** The device that stood for the second factor a moment ago does so no longer. */
class Distrusted extends Error {}

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
    const within = async (manager: EntityManager, sessionId: string): Promise<void> => {
      met = await this.meet(manager, login, sessionId);
      if (met.isNew) await this.notice.write(manager, login);
    };
    const opened = await this.sessions.open(user, login, device, within).catch(unlessDistrusted);
    if (opened === undefined || met === undefined) return undefined;
    this.notice.send();
    const { row: session, secret } = opened;
    const isWhole = levelOf(session, session.createdAt) !== 'enrollment';
    const status = isWhole ? 'authenticated' : 'two_factor_enrollment_required';
    return { status, user, session, secret, deviceToken: met.token };
  }

  /** What is to stand for a second factor gets a token that nobody saw before that was proved (ASVS 7.2.4). */
  private async meet(manager: EntityManager, login: Login, sessionId: string): Promise<MetDevice> {
    const { user, device, deviceToken, onTrust } = login;
    const arrival = { userId: user.id, sessionId, device };
    if (this.trusted.begins(login)) {
      const met = await this.devices.meetAnew(manager, arrival, deviceToken);
      await this.trusted.trust(manager, login, met.token.id);
      return met;
    }
    const met = await this.devices.meet(manager, arrival, deviceToken);
    // Whoever ends the trust is answered when it is over: no sign-in that looked before comes in after.
    if (onTrust && !(await this.trusted.since(user.id, deviceToken, manager))) {
      throw new Distrusted();
    }
    return met;
  }
}

function unlessDistrusted(error: unknown): undefined {
  if (!(error instanceof Distrusted)) throw error;
  return undefined;
}
