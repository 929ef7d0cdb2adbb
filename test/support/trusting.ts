import type { LoginResultDto, TwoFactorRequiredDto } from '../../src/login/login.dto.js';
import { type Authenticator, withAuthenticator } from './authenticator.js';
import type { Answer, Client } from './client.js';
import { type Make, type MadeUser } from './make.js';
import type { TestApp } from './test-app.js';

export const DEVICES = '/v1/users/me/two-factor/trusted-devices';

type Result = Required<LoginResultDto> & Pick<TwoFactorRequiredDto, 'challengeToken' | 'methods'>;

/** Somebody with an authenticator app, who may trust her devices. */
export class Trusting {
  private constructor(
    private readonly make: Make,
    readonly made: MadeUser,
    readonly app: Authenticator,
  ) {}

  static async somebody(test: TestApp, make: Make): Promise<Trusting> {
    const made = await make.user();
    return new Trusting(make, made, await withAuthenticator(test, made.user.id));
  }

  get id(): string {
    return this.made.user.id;
  }

  /** The first half, on a device that shows this. */
  begin(deviceToken?: string, password = this.made.password): Promise<Answer<Result>> {
    const body = { email: this.made.email, password, deviceName: "Ann's phone" };
    return this.make.client.post<Result>('/v1/auth/login', { ...body, deviceToken });
  }

  /** Both halves. */
  async signIn(more: object = {}): Promise<Result> {
    const { challengeToken } = (await this.begin()).body;
    const shown = { challengeToken, method: 'totp', code: this.app.nextCode() };
    const { status, body } = await this.make.client.post<Result>('/v1/auth/login/two-factor', {
      ...shown,
      ...more,
    });
    expect(status).toBe(200);
    return body;
  }

  /** Signs in on a device and trusts it: what it shows from now on. */
  async trusts(deviceToken?: string): Promise<{ deviceToken: string; client: Client }> {
    const body = await this.signIn({ trustDevice: true, deviceToken });
    return { deviceToken: body.deviceToken, client: this.make.client.as(body.accessToken) };
  }

  /** What the first half answers on a device that shows this. */
  async met(deviceToken: string): Promise<string> {
    return (await this.begin(deviceToken)).body.status;
  }
}
