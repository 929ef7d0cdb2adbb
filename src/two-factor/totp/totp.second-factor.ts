import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { SecondFactor, type ShownFactor } from '../second-factor.js';
import { TotpSecrets } from './totp-secrets.service.js';
import { matchingStep } from './totp.js';

interface Row {
  readonly sealed_secret: Buffer;
  readonly last_step: number;
}

/** The authenticator app. One step is one use, for whatever it is shown and on whichever node. */
@Injectable()
export class TotpSecondFactor extends SecondFactor {
  readonly method = 'totp';

  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: TotpSecrets,
    private readonly clock: Clock,
  ) {
    super();
  }

  async isReady(userId: string): Promise<boolean> {
    return (await this.find(userId)) !== undefined;
  }

  async prove(userId: string, { code }: ShownFactor): Promise<readonly string[] | undefined> {
    const row = await this.find(userId);
    if (row === undefined || code === undefined) return undefined;
    const secret = this.secrets.open('totp-secret', userId, row.sealed_secret);
    const now = this.clock.millis();
    const step = matchingStep(secret, code, { now, after: row.last_step });
    if (step === undefined || !(await this.spend(userId, row, step))) return undefined;
    return ['otp', 'mfa'];
  }

  /** False: somebody else was first, or it is another secret by now. */
  private async spend(userId: string, { sealed_secret }: Row, step: number): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      // Index: totp_factors_pkey
      `UPDATE totp_factors SET last_step = $2, last_used_at = $3
        WHERE user_id = $1 AND last_step < $2 AND sealed_secret = $4`,
      [userId, step, this.clock.now(), sealed_secret],
    );
    return count === 1;
  }

  private async find(userId: string): Promise<Row | undefined> {
    const [row] = await this.dataSource.query<Row[]>(
      'SELECT sealed_secret, last_step FROM totp_factors WHERE user_id = $1', // totp_factors_pkey
      [userId],
    );
    return row;
  }
}
