import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import type { User } from '../../users/user.entity.js';

/** Whether somebody must have a second factor. */
@Injectable()
export class FactorDemand {
  constructor(private readonly settings: Settings) {}

  async isMadeOf({
    isStaff,
    isSuperuser,
  }: Pick<User, 'id' | 'isStaff' | 'isSuperuser'>): Promise<boolean> {
    const { requiredFor } = this.settings.twoFactor;
    return Promise.resolve(
      requiredFor === 'all' || (requiredFor === 'staff' && (isStaff || isSuperuser)),
    );
  }
}
