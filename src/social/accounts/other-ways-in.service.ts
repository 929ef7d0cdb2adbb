import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Settings } from '../../config/settings.js';
import { isUsableHash } from '../../passwords/usable-hash.js';
import type { UserWithSecret } from '../../users/users.service.js';
import { SocialAccountsService } from './social-accounts.service.js';

/** What else opens an account, so that nobody locks herself out. */
@Injectable()
export class OtherWaysIn {
  constructor(
    private readonly settings: Settings,
    private readonly accounts: SocialAccountsService,
  ) {}

  /** As it is within the transaction, which may have taken one away. */
  async are(manager: EntityManager, { user, passwordHash }: UserWithSecret): Promise<boolean> {
    if (this.settings.social.passwordLogin && isUsableHash(passwordHash)) return true;
    if ((await this.accounts.of(manager, user.id)).length > 0) return true;
    // Index: passkeys_user_id_idx. Without a check of its bearer a passkey opens nothing alone.
    const passkeys = await manager.query<unknown[]>(
      'SELECT 1 FROM passkeys WHERE user_id = $1 AND user_verified LIMIT 1',
      [user.id],
    );
    return passkeys.length > 0;
  }
}
