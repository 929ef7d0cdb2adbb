import { type CanActivate, Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { PasswordLoginOff } from './passwords.errors.js';

/**
 * On routes where people choose passwords or sign in with them: `PASSWORD_LOGIN=off` closes them to everybody alike,
 * before anything of what was sent is looked at. Name `PasswordLoginOff` in their `@Fails`, too.
 */
@Injectable()
export class PasswordLoginGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  /** @throws PasswordLoginOff */
  canActivate(): true {
    if (!this.settings.social.passwordLogin) throw new PasswordLoginOff();
    return true;
  }
}
