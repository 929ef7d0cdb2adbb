import { type Buffer } from 'node:buffer';
import { MalformedJson, UnsupportedMediaType } from '../failures.js';

/** Nothing nests deeper, neither in a body of ours nor in one that a team adds (security: depth bombs). */
export const MAX_JSON_DEPTH = 16;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a JSON body (RFC 8259) strictly: UTF-8 only, no byte order mark, no repeated keys, no NUL
 * characters (PostgreSQL cannot store them), no `__proto__`, at most 16 levels deep. V8's own message
 * quotes the body, passwords included, so it goes neither to the caller nor to the log.
 *
 * @throws MalformedJson, UnsupportedMediaType (a charset other than UTF-8)
 */
export function readJsonBody(contentType: string | undefined, body: Buffer): unknown {
  if (!isUtf8Json(contentType)) throw new UnsupportedMediaType();
  if (body.length === 0) throw new MalformedJson({ detail: 'The body is empty.' });
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(body);
    value = JSON.parse(text);
  } catch {
    throw new MalformedJson();
  }
  const keys = countKeys(value);
  if (keys !== countMembers(text)) throw new MalformedJson({ detail: 'A key is repeated.' });
  return value;
}

function isUtf8Json(contentType: string | undefined): boolean {
  const [type, ...parameters] = (contentType ?? '').toLowerCase().split(';');
  if (type?.trim() !== 'application/json') return false;
  return parameters
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter.startsWith('charset='))
    .every((parameter) => /^charset="?utf-8"?$/.test(parameter));
}

/** How many keys the value holds in all; refuses what must not be in it. */
function countKeys(root: unknown): number {
  let keys = 0;
  const open: [value: unknown, depth: number][] = [[root, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (typeof value === 'string') refuseNul(value);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_JSON_DEPTH) {
      throw new MalformedJson({ detail: `It nests deeper than ${MAX_JSON_DEPTH} levels.` });
    }
    if (!Array.isArray(value)) keys += checkKeys(value);
    for (const child of Object.values(value)) open.push([child, depth + 1]);
  }
  return keys;
}

function checkKeys(value: object): number {
  const keys = Object.keys(value);
  for (const key of keys) {
    refuseNul(key);
    if (key === '__proto__') throw new MalformedJson({ detail: 'A key is not allowed.' });
  }
  return keys.length;
}

function refuseNul(text: string): void {
  if (text.includes('\0')) throw new MalformedJson({ detail: 'It contains a NUL character.' });
}

/** How many `key: value` pairs are written in this (valid) JSON text: its colons outside of strings. */
function countMembers(text: string): number {
  let members = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x22) inString = !inString;
    else if (inString && char === 0x5c) i++;
    else if (!inString && char === 0x3a) members++;
  }
  return members;
}
