import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Failure } from '../common/failure.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import type { Session } from '../sessions/session.entity.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { User } from '../users/user.entity.js';
import { KnownDevicesService, type MetDevice } from './known-devices.service.js';
import { type Login, LOGIN_STAGES, type LoginStage } from './login-stage.js';
import { InvalidCredentials } from './login.errors.js';
import { NewDeviceNotice } from './new-device-notice.service.js';

/** How a login ended. Later stages add outcomes in which something is still due. */
export interface LoginOutcome {
  readonly status: 'authenticated';
  readonly user: User;
  readonly session: Session;
  /** What carries the session on: the value of its cookie, or its first refresh token. */
  readonly secret: OpaqueToken;
  /** By which the device is known from now on. */
  readonly deviceToken: OpaqueToken;
}

/** The one way to become someone: every way in ends here, so none can skip a stage. */
@Injectable()
export class LoginService {
  constructor(
    @Inject(LOGIN_STAGES) private readonly stages: readonly LoginStage[],
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevicesService,
    private readonly notice: NewDeviceNotice,
    private readonly audit: AuditService,
  ) {}

  async proceed(login: Login): Promise<LoginOutcome> {
    for (const stage of this.stages) await this.pass(stage, login);
    const { user, methods, device } = login;
    let met: MetDevice | undefined;
    const opened = await this.sessions.open(user, methods, device, async (manager) => {
      met = await this.devices.meet(manager, user.id, login.deviceToken);
      if (met.isNew) await this.notice.write(manager, login);
    });
    if (opened === undefined || met === undefined) {
      this.noteFailure(login, 'changed_meanwhile');
      throw new InvalidCredentials();
    }
    this.notice.send();
    return {
      status: 'authenticated',
      user,
      session: opened.row,
      secret: opened.secret,
      deviceToken: met.token,
    };
  }

  private async pass(stage: LoginStage, login: Login): Promise<void> {
    try {
      await stage.check(login);
    } catch (error) {
      if (error instanceof Failure) this.noteFailure(login, stage.refusal);
      throw error;
    }
  }

  /** For the log book alone: the answer does not say as much. */
  private noteFailure({ user, device }: Login, reason: string): void {
    this.audit.note({
      action: 'sign_in',
      outcome: 'failure',
      subjectId: user.id,
      caller: device.caller,
      details: { reason },
    });
  }
}
