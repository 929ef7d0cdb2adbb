import { Injectable } from '@nestjs/common';
import { InvalidToken } from '../../access/access.errors.js';
import type { Principal } from '../../access/principal.js';
import type { Caller } from '../../common/http/caller.js';
import { EmailNotVerified } from '../../login/login.errors.js';
import { passkeyMethods } from '../../two-factor/passkeys/passkey-methods.js';
import { PasskeyRegistration } from '../../two-factor/passkeys/passkey-registration.service.js';
import type { PasskeyCreationDto } from '../../two-factor/passkeys/passkey.dto.js';
import type { Passkey } from '../../two-factor/passkeys/passkey.entity.js';
import { PasskeysService } from '../../two-factor/passkeys/passkeys.service.js';
import { UsersService } from '../../users/users.service.js';
import { type AddedFactor, FactorChanges } from './factor-changes.service.js';
import type { NewPasskeyDto } from './own-passkeys.dto.js';

/** Somebody registers passkeys of hers and gives them up. */
@Injectable()
export class OwnPasskeys {
  constructor(
    private readonly registration: PasskeyRegistration,
    private readonly passkeys: PasskeysService,
    private readonly changes: FactorChanges,
    private readonly users: UsersService,
  ) {}

  /** Whoever could not keep it is to make none. @throws EmailNotVerified, TooManyPasskeys, InvalidToken */
  async options(principal: Principal): Promise<PasskeyCreationDto> {
    const user = await this.users.get(principal.user.id);
    if (user.emailVerifiedAt === null) throw new EmailNotVerified();
    return this.registration.options(user, sessionOf(principal));
  }

  /** @throws PasskeyNotAccepted, PasskeyRegistered, TooManyPasskeys, EmailNotVerified, InvalidToken */
  async add(
    principal: Principal,
    { name, credential }: NewPasskeyDto,
    caller: Caller,
  ): Promise<AddedFactor & { readonly passkey: Passkey }> {
    const registering = { userId: principal.user.id, sessionId: sessionOf(principal) };
    const proved = await this.registration.prove(credential, registering);
    let passkey: Passkey | undefined;
    const change = { principal, caller, kind: 'passkey' } as const;
    const added = await this.changes.add(change, async (manager) => {
      passkey = await this.passkeys.add(manager, proved, name);
      return { methods: passkeyMethods(passkey, passkey.userVerified) };
    });
    if (passkey === undefined) throw new InvalidToken();
    return { ...added, passkey };
  }

  /** @throws NotFound, SecondFactorDemanded, InvalidToken */
  async remove(principal: Principal, id: string, caller: Caller): Promise<void> {
    const change = { principal, caller, kind: 'passkey' } as const;
    await this.changes.remove(change, (manager, user) =>
      this.passkeys.remove(manager, user.id, id),
    );
  }
}

/** @throws InvalidToken: only sessions register passkeys */
function sessionOf({ sessionId }: Principal): string {
  if (sessionId === undefined) throw new InvalidToken();
  return sessionId;
}
