import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/http/caller.js';
import { Settings } from '../../config/settings.js';
import { complaintAbout } from './client-data-check.js';
import { readAssertion, type ShownAssertion } from './credential-json.js';
import { PasskeyAlarm } from './passkey-alarm.service.js';
import type { CeremonyPurpose } from './passkey-challenge.entity.js';
import { type Ceremony, CEREMONY_TTL, PasskeyChallenges } from './passkey-challenges.service.js';
import { passkeyMethods } from './passkey-methods.js';
import { descriptorOf } from './passkey-options.js';
import { PasskeyRefused } from './passkey-refused.js';
import type { PasskeyRequestDto } from './passkey.dto.js';
import type { Passkey } from './passkey.entity.js';
import { NoPasskey } from './passkeys.errors.js';
import { PasskeysService } from './passkeys.service.js';
import { webAuthn } from './web-authn.js';

/** Whose passkey is to be shown and where; without an owner, whoever shows it says by it who she is. */
export interface Expected extends Pick<Ceremony, 'userId' | 'within'> {
  readonly purposes: readonly CeremonyPurpose[];
  readonly caller: Caller;
}

/** A passkey that was shown, and used by it. */
export interface ProvedPasskey {
  readonly userId: string;
  /** What it adds to the methods of a session. */
  readonly methods: readonly string[];
  /** Of its owner when it was used: a change since makes it worthless. */
  readonly credentialsChangedAt: Date;
}

/** What the authenticator signed. */
interface Signed {
  readonly signCount: number;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** Lets people show that they have a passkey (WebAuthn level 3, 7.2). */
@Injectable()
export class PasskeyAssertions {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly challenges: PasskeyChallenges,
    private readonly alarm: PasskeyAlarm,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /** For `navigator.credentials.get()`. The passkeys of a user are named to whoever has proved to be her by half. @throws NoPasskey */
  async options(ceremony: Ceremony): Promise<PasskeyRequestDto> {
    const { userId } = ceremony;
    const named = userId === undefined ? undefined : await this.passkeys.of(userId);
    if (named?.length === 0) throw new NoPasskey();
    const challenge = await this.challenges.issue(ceremony);
    return {
      rpId: this.settings.twoFactor.rpId,
      challenge: challenge.toString('base64url'),
      timeout: CEREMONY_TTL * 1000,
      userVerification: userId === undefined ? 'required' : 'preferred',
      ...(named && { allowCredentials: named.map(descriptorOf) }),
    };
  }

  /** Its challenge is spent before anything else is looked at. @throws PasskeyRefused */
  async prove(assertion: unknown, expected: Expected): Promise<ProvedPasskey> {
    const shown = readAssertion(assertion);
    if (shown === undefined) throw new PasskeyRefused('malformed');
    await this.spendChallenge(shown, expected);
    const { origins } = this.settings.twoFactor;
    const complaint = complaintAbout(shown.clientData, { type: 'webauthn.get', origins });
    if (complaint !== undefined) throw new PasskeyRefused(complaint);
    const passkey = await this.passkeys.find(Buffer.from(shown.id, 'base64url'));
    if (passkey === undefined) throw new PasskeyRefused('unknown_passkey');
    checkOwner(passkey, shown, expected);
    const signed = await this.verify(passkey, shown, expected);
    if (signed.backupEligible !== passkey.backupEligible) {
      throw new PasskeyRefused('backup_eligibility', passkey.userId);
    }
    const credentialsChangedAt = await this.use(passkey, signed, expected);
    const methods = passkeyMethods(passkey, signed.userVerified);
    return { userId: passkey.userId, methods, credentialsChangedAt };
  }

  private async spendChallenge(
    { clientData }: ShownAssertion,
    { purposes, userId, within }: Expected,
  ): Promise<void> {
    const ceremony = await this.challenges.spend(clientData.challenge);
    const isOurs = ceremony?.userId === userId && ceremony?.within === within;
    if (!isOurs || ceremony === undefined || !purposes.includes(ceremony.purpose)) {
      throw new PasskeyRefused('challenge');
    }
  }

  private async verify(
    { userId, credentialId, publicKey }: Passkey,
    { id, clientData, ...response }: ShownAssertion,
    expected: Expected,
  ): Promise<Signed> {
    const { verifyAuthenticationResponse } = await webAuthn();
    const { clientDataJSON, authenticatorData, signature } = response;
    const { verified, authenticationInfo: info } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: clientData.challenge,
      expectedOrigin: [...this.settings.twoFactor.origins],
      expectedRPID: this.settings.twoFactor.rpId,
      requireUserVerification: isAlone(expected),
      // The library would look at the count before the signature, and believe anybody.
      credential: {
        id: credentialId.toString('base64url'),
        publicKey: new Uint8Array(publicKey),
        counter: -1,
      },
    }).catch(() => ({ verified: false, authenticationInfo: undefined }));
    if (!verified || info === undefined) throw new PasskeyRefused('signature', userId);
    return {
      signCount: info.newCounter,
      userVerified: info.userVerified,
      backupEligible: info.credentialDeviceType === 'multiDevice',
      backedUp: info.credentialBackedUp,
    };
  }

  private async use(passkey: Passkey, signed: Signed, { caller }: Expected): Promise<Date> {
    const { backedUp, signCount } = signed;
    const use = await this.passkeys.use(passkey, { backedUp, signCount: String(signCount) });
    if (use instanceof Date) return use;
    if (use === 'gone') throw new PasskeyRefused('unknown_passkey');
    const { id, userId } = passkey;
    const about = { actorId: userId, subjectId: userId, caller, details: { passkey: id } };
    this.audit.note({ action: 'passkey_counter_went_back', outcome: 'failure', ...about });
    await this.alarm.tell(passkey, caller);
    throw new PasskeyRefused('counter', userId);
  }
}

/** Whether the passkey is all that somebody shows: then it must have verified her, now and when it was made. */
const isAlone = ({ userId }: Expected): boolean => userId === undefined;

/** @throws PasskeyRefused */
function checkOwner(passkey: Passkey, { userHandle }: ShownAssertion, expected: Expected): void {
  const { userId } = passkey;
  if (isAlone(expected)) {
    if (userHandle === undefined) throw new PasskeyRefused('user_handle', userId);
    if (!passkey.userVerified) throw new PasskeyRefused('not_verified', userId);
  } else if (userId !== expected.userId) {
    throw new PasskeyRefused('not_the_owner');
  }
  if (userHandle !== undefined && userHandle !== passkey.userHandle.toString('base64url')) {
    throw new PasskeyRefused('user_handle', userId);
  }
}
