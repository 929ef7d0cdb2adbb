import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as signWith,
} from 'node:crypto';
import type {
  PasskeyCreationDto,
  PasskeyRequestDto,
} from '../../src/two-factor/passkeys/passkey.dto.js';
import { cbor } from './cbor.js';

/** How a ceremony goes wrong, or just otherwise. What is not named goes as it should. */
export interface Twist {
  readonly type?: string;
  readonly challenge?: string;
  readonly origin?: string;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: string;
  readonly rpId?: string;
  readonly present?: boolean;
  readonly verified?: boolean;
  readonly backupEligible?: boolean;
  readonly backedUp?: boolean;
  /** Whether it counts its signatures; and the count that it says, whichever is right. */
  readonly counts?: boolean;
  readonly count?: number;
  readonly id?: Buffer;
  /** Of what the browser says the id is. */
  readonly claimedId?: Buffer;
  readonly algorithm?: number;
  readonly attestation?: string;
  /** Null: it says nothing of the owner. */
  readonly userHandle?: Buffer | null;
  readonly signature?: (right: Buffer) => Buffer;
  readonly key?: KeyObject;
}

interface Credential {
  readonly id: Buffer;
  readonly key: KeyObject;
  readonly userHandle: Buffer;
}

export type CredentialJson = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly response: Readonly<Record<string, unknown>>;
};

const text = (bytes: Buffer): string => bytes.toString('base64url');
const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** An authenticator and the browser around it, by the book (WebAuthn level 3) or against it. One credential. */
export class SoftwareAuthenticator {
  count = 0;
  #credential: Credential | undefined;

  constructor(private readonly traits: Twist = {}) {}

  get credential(): Credential {
    if (this.#credential === undefined) throw new Error('Nothing was registered');
    return this.#credential;
  }

  /** As `navigator.credentials.create()`. */
  create(options: PasskeyCreationDto, twist: Twist = {}): CredentialJson {
    const t = { ...this.traits, ...twist };
    const credential = {
      id: t.id ?? randomBytes(16),
      key: newKey(),
      userHandle: Buffer.from(options.user.id, 'base64url'),
    };
    this.#credential = credential;
    const authData = Buffer.concat([
      this.#authData(t, options.rp.id, 0x40),
      Buffer.alloc(16),
      Buffer.of(credential.id.length >> 8, credential.id.length & 0xff),
      credential.id,
      coseKey(credential.key, t.algorithm ?? -7),
    ]);
    const clientDataJSON = clientData('webauthn.create', options.challenge, t);
    const signed = Buffer.concat([authData, sha256(clientDataJSON)]);
    const itself = { alg: -7, sig: signWith('sha256', signed, t.key ?? credential.key) };
    const statement = t.attestation === 'packed' ? Object.entries(itself) : [];
    const attestationObject = cbor(
      new Map<string, never>([
        ['fmt', t.attestation ?? 'none'],
        ['attStmt', new Map(statement)],
        ['authData', authData],
      ] as never),
    );
    const id = text(t.claimedId ?? credential.id);
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: { credProps: { rk: true } },
      response: {
        clientDataJSON: text(clientDataJSON),
        attestationObject: text(attestationObject),
        transports: ['internal', 'hybrid', 'carrier-pigeon'],
      },
    };
  }

  /** As `navigator.credentials.get()`. */
  get(options: PasskeyRequestDto, twist: Twist = {}): CredentialJson {
    const t = { ...this.traits, ...twist };
    const { credential } = this;
    const authData = this.#authData(t, options.rpId, 0);
    const clientDataJSON = clientData('webauthn.get', options.challenge, t);
    const signed = Buffer.concat([authData, sha256(clientDataJSON)]);
    const right = signWith('sha256', signed, t.key ?? credential.key);
    const userHandle = t.userHandle === undefined ? credential.userHandle : t.userHandle;
    const id = text(t.id ?? credential.id);
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
      response: {
        clientDataJSON: text(clientDataJSON),
        authenticatorData: text(authData),
        signature: text(t.signature?.(right) ?? right),
        ...(userHandle && { userHandle: text(userHandle) }),
      },
    };
  }

  /** Counts one more signature where it counts at all. */
  #authData(t: Twist, rpId: string, more: number): Buffer {
    if (this.traits.counts) this.count += 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(t.count ?? this.count);
    const flags = flagsOf({ present: true, verified: true, ...t }) | more;
    return Buffer.concat([sha256(t.rpId ?? rpId), Buffer.of(flags), counter]);
  }
}

const flagsOf = (t: Twist): number =>
  [t.present && 0x01, t.verified && 0x04, t.backupEligible && 0x08, t.backedUp && 0x10]
    .map(Number)
    .reduce((all, flag) => all | flag);

function clientData(type: string, challenge: string, t: Twist): Buffer {
  const { origin = 'http://localhost:3000', crossOrigin = false, topOrigin } = t;
  const said = { type: t.type ?? type, challenge: t.challenge ?? challenge, origin, crossOrigin };
  return Buffer.from(JSON.stringify({ ...said, ...(topOrigin && { topOrigin }) }));
}

function coseKey(key: KeyObject, algorithm: number): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cbor(
    new Map<number, number | Buffer>([
      [1, 2],
      [3, algorithm],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
}

/** A signature of which one bit is wrong. */
export const flipped = (right: Buffer): Buffer => {
  const wrong = Buffer.from(right);
  wrong[wrong.length - 1]! ^= 1;
  return wrong;
};
