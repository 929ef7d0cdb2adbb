import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import type { User } from '../../users/user.entity.js';
import { attestsNothing } from './attestation.js';
import { complaintAbout } from './client-data-check.js';
import { readRegistration, type ShownRegistration } from './credential-json.js';
import { CEREMONY_TTL, PasskeyChallenges } from './passkey-challenges.service.js';
import { descriptorOf } from './passkey-options.js';
import type { PasskeyCreationDto } from './passkey.dto.js';
import { PasskeyNotAccepted, TooManyPasskeys } from './passkeys.errors.js';
import { MOST_PASSKEYS, type NewPasskey, PasskeysService } from './passkeys.service.js';
import { type WebAuthn, webAuthn } from './web-authn.js';

/** Ed25519, ES256, RS256 (COSE), those that are liked best in front. */
const ALGORITHMS = [-8, -7, -257];
const HANDLE_BYTES = 64;
/** Bytes of a public key; one of RSA with 8192 bits fits. */
const LONGEST_KEY = 1200;

type Person = Pick<User, 'id' | 'email' | 'firstName' | 'lastName'>;

/** Whose registration it is, and in which session. */
export interface Registering {
  readonly userId: string;
  readonly sessionId: string;
}

/** Makes passkeys known, before anything of them is kept. */
@Injectable()
export class PasskeyRegistration {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly challenges: PasskeyChallenges,
    private readonly settings: Settings,
  ) {}

  /** For `navigator.credentials.create()`. @throws TooManyPasskeys */
  async options(user: Person, sessionId: string): Promise<PasskeyCreationDto> {
    const { rpId, serviceName } = this.settings.twoFactor;
    const own = await this.passkeys.of(user.id);
    if (own.length >= MOST_PASSKEYS) throw new TooManyPasskeys();
    const userHandle = own[0]?.userHandle ?? randomBytes(HANDLE_BYTES);
    const challenge = await this.challenges.issue({
      purpose: 'registration',
      userId: user.id,
      within: sessionId,
      userHandle,
    });
    return {
      rp: { id: rpId, name: serviceName },
      user: { id: userHandle.toString('base64url'), name: user.email, displayName: nameOf(user) },
      challenge: challenge.toString('base64url'),
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: 'public-key' })),
      timeout: CEREMONY_TTL * 1000,
      excludeCredentials: own.map(descriptorOf),
      authenticatorSelection: {
        residentKey: 'preferred',
        requireResidentKey: false,
        userVerification: 'preferred',
      },
      attestation: 'none',
      extensions: { credProps: true },
    };
  }

  /** What was registered, to be kept by `PasskeysService.add`. @throws PasskeyNotAccepted */
  async prove(credential: unknown, { userId, sessionId }: Registering): Promise<NewPasskey> {
    const shown = readRegistration(credential);
    if (shown === undefined) {
      throw notAccepted('It is not what `toJSON()` of the new credential writes.');
    }
    const { challenge } = shown.clientData;
    const ceremony = await this.challenges.spend(challenge);
    const isHers = ceremony?.userId === userId && ceremony.within === sessionId;
    if (!isHers || ceremony.purpose !== 'registration' || ceremony.userHandle === undefined) {
      throw notAccepted('Its challenge is over, or was made for something else.');
    }
    this.checkClientData(shown);
    return { userId, userHandle: ceremony.userHandle, ...(await this.verify(shown)) };
  }

  private checkClientData({ clientData }: ShownRegistration): void {
    const { origins } = this.settings.twoFactor;
    const complaint = complaintAbout(clientData, { type: 'webauthn.create', origins });
    if (complaint !== undefined) throw notAccepted(COMPLAINTS[complaint]);
  }

  private async verify(
    shown: ShownRegistration,
  ): Promise<Omit<NewPasskey, 'userId' | 'userHandle'>> {
    const library = await webAuthn();
    const info = await this.ask(library, shown).catch(() => undefined);
    // The library takes the word of the browser for the id.
    const isWrong = info?.credential.id !== shown.id;
    if (info === undefined || isWrong || info.credential.publicKey.length > LONGEST_KEY) {
      throw notAccepted('The answer of the authenticator is wrong, or attests what was not asked.');
    }
    const { id, publicKey, counter } = info.credential;
    return {
      credentialId: Buffer.from(id, 'base64url'),
      publicKey: Buffer.from(publicKey),
      signCount: String(counter),
      backupEligible: info.credentialDeviceType === 'multiDevice',
      backedUp: info.credentialBackedUp,
      userVerified: info.userVerified,
      transports: [...shown.transports],
      aaguid: info.aaguid,
    };
  }

  /** Undefined, or throws: it is wrong. */
  private async ask(
    library: WebAuthn,
    { id, clientDataJSON, attestationObject, clientData }: ShownRegistration,
  ): Promise<Registered | undefined> {
    const attested = new Uint8Array(Buffer.from(attestationObject, 'base64url'));
    if (!attestsNothing(library.decodeAttestationObject(attested))) return undefined;
    const { rpId, origins } = this.settings.twoFactor;
    const { registrationInfo } = await library.verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      expectedChallenge: clientData.challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return registrationInfo;
  }
}

type Registered = NonNullable<
  Awaited<ReturnType<WebAuthn['verifyRegistrationResponse']>>['registrationInfo']
>;

const COMPLAINTS = {
  type: 'It comes of another ceremony.',
  origin: 'It was made on a page that `PASSKEY_ORIGINS` does not name.',
  embedded: 'It was made within a page of another origin.',
} as const;

const notAccepted = (detail: string): PasskeyNotAccepted => new PasskeyNotAccepted({ detail });

const nameOf = ({ email, firstName, lastName }: Person): string =>
  [firstName, lastName].filter(Boolean).join(' ') || email;
