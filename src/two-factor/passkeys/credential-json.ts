/** What the browser wrote of a ceremony, and the authenticator signs (WebAuthn level 3, 5.8.1). */
export interface ClientData {
  readonly type: string;
  readonly challenge: string;
  readonly origin: string;
  /** Whether a page of another origin embedded the one that asked. */
  readonly isEmbedded: boolean;
}

interface Shown {
  /** Base64url. */
  readonly id: string;
  readonly clientDataJSON: string;
  readonly clientData: ClientData;
}

/** What `navigator.credentials.create()` answered: of the right shape, and nothing of it proved. */
export interface ShownRegistration extends Shown {
  readonly attestationObject: string;
  readonly transports: readonly string[];
}

/** What `navigator.credentials.get()` answered: of the right shape, and nothing of it proved. */
export interface ShownAssertion extends Shown {
  readonly authenticatorData: string;
  readonly signature: string;
  /** Whose the authenticator says it is; undefined: it does not say. */
  readonly userHandle: string | undefined;
}

/** Bytes of a credential id (WebAuthn level 3, 4). */
const LONGEST_ID = 1023;
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

/** Undefined: it is none. */
export function readRegistration(value: unknown): ShownRegistration | undefined {
  const { shown, response } = read(value);
  const attestationObject = base64url(response['attestationObject']);
  if (shown === undefined || attestationObject === undefined) return undefined;
  return { ...shown, attestationObject, transports: transportsOf(response['transports']) };
}

/** Undefined: it is none. */
export function readAssertion(value: unknown): ShownAssertion | undefined {
  const { shown, response } = read(value);
  const authenticatorData = base64url(response['authenticatorData']);
  const signature = base64url(response['signature']);
  const says = response['userHandle'] ?? undefined;
  const userHandle = base64url(says);
  if (shown === undefined || authenticatorData === undefined || signature === undefined) {
    return undefined;
  }
  if (says !== undefined && userHandle === undefined) return undefined;
  return { ...shown, authenticatorData, signature, userHandle };
}

function read(value: unknown): { shown?: Shown; response: Readonly<Record<string, unknown>> } {
  const { id: claimed, rawId, type, response: inner } = fieldsOf(value);
  const response = fieldsOf(inner);
  const id = base64url(claimed);
  const clientDataJSON = base64url(response['clientDataJSON']);
  const clientData = clientDataJSON === undefined ? undefined : readClientData(clientDataJSON);
  if (id === undefined || rawId !== id || type !== 'public-key') return { response };
  if (Buffer.from(id, 'base64url').length > LONGEST_ID) return { response };
  if (clientDataJSON === undefined || clientData === undefined) return { response };
  return { shown: { id, clientDataJSON, clientData }, response };
}

function readClientData(text: string): ClientData | undefined {
  const { type, challenge, origin, crossOrigin = false, topOrigin } = fieldsOf(jsonOf(text));
  if (typeof type !== 'string' || typeof origin !== 'string') return undefined;
  if (typeof crossOrigin !== 'boolean' || base64url(challenge) === undefined) return undefined;
  const isEmbedded = crossOrigin || topOrigin !== undefined;
  return { type, challenge: challenge as string, origin, isEmbedded };
}

function jsonOf(text: string): unknown {
  try {
    const bytes = Buffer.from(text, 'base64url');
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** Those that are known; nobody else's words are kept. */
function transportsOf(value: unknown): string[] {
  return Array.isArray(value) ? TRANSPORTS.filter((known) => value.includes(known)) : [];
}

/** Text that says some bytes, and is the one text that does: no padding, no stray bits, nothing between. */
function base64url(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return Buffer.from(value, 'base64url').toString('base64url') === value ? value : undefined;
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
