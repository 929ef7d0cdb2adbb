import {
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign as signBytes,
} from 'node:crypto';
import { SigningKeysService } from '../../src/sessions/signing-keys.service.js';
import type { TestApp } from './test-app.js';

type Json = Readonly<Record<string, unknown>>;

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A strange P-256 key. */
export const strangeKey = (): KeyObject =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** Makes access tokens by hand: true ones, and every way in which one can be false. */
export class Forge {
  constructor(
    private readonly test: TestApp,
    /** A token that the server has issued; forged ones say the same unless told otherwise. */
    private readonly issued: string,
  ) {}

  get key() {
    return this.test.app.get(SigningKeysService, { strict: false }).current();
  }

  get header(): Json {
    return this.part(0);
  }

  get claims(): Json {
    return this.part(1);
  }

  get now(): number {
    return Math.floor(this.test.clock.millis() / 1000);
  }

  /** With these changes, signed by the server's own key; undefined leaves a member out. */
  token({ header = {}, claims = {} }: { header?: Json; claims?: Json } = {}): string {
    return this.sign(
      encode({ ...this.header, ...header }),
      encode({ ...this.claims, jti: randomUUID(), ...claims }),
    );
  }

  /** Any two parts with a true signature. */
  sign(header: string, claims: string, key: KeyObject = this.key.privateKey): string {
    const input = `${header}.${claims}`;
    const signature = signBytes('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }

  /** Signed with HS256 under whatever is given for a secret (RFC 8725, 2.1). */
  hmac(secret: string | Buffer, alg = 'HS256'): string {
    const input = `${encode({ ...this.header, alg })}.${encode(this.claims)}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }

  /** The issued one with another signature. */
  withSignature(signature: string | Buffer): string {
    const text = typeof signature === 'string' ? signature : signature.toString('base64url');
    return `${this.issued.slice(0, this.issued.lastIndexOf('.'))}.${text}`;
  }

  private part(index: number): Json {
    const text = Buffer.from(this.issued.split('.')[index] ?? '', 'base64url').toString();
    return JSON.parse(text) as Json;
  }
}
