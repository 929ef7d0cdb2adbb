import { createHash } from 'node:crypto';
import { traced } from '../common/traced.js';

/** Milliseconds for the whole answer, its body included. */
const TIMEOUT = 1000;
/** Bytes; a padded answer has some 40 KiB. */
const MAX_BODY = 256 * 1024;
const PREFIX_LENGTH = 5;
const ROW = /^(?<suffix>[0-9A-F]{35}):(?<count>\d{1,12})$/i;

/** The service is away, slow, or does not speak the protocol. Its message holds nothing of the password. */
export class BreachRangeUnavailable extends Error {
  override readonly name = 'BreachRangeUnavailable';
}

/**
 * In how many known breaches' rows a password appears, by k-anonymity: the service is told the first 20 bits of the
 * SHA-1, answers with all rows that begin so, and does not learn more (Pwned Passwords range API; ASVS 5.0 6.2.12).
 *
 * @param base address of the range API; the prefix is appended
 * @throws BreachRangeUnavailable
 */
export async function countInBreaches(password: string, base: string): Promise<number> {
  const sha1 = createHash('sha1').update(password).digest('hex').toUpperCase();
  const suffix = sha1.slice(PREFIX_LENGTH);
  const rows = await traced({ name: 'ask for breaches', outward: true }, () =>
    fetchRows(base + sha1.slice(0, PREFIX_LENGTH)),
  );
  // Rows that are there only to hide the size of the answer count 0 times.
  return rows.get(suffix) ?? 0;
}

async function fetchRows(url: string): Promise<Map<string, number>> {
  try {
    const response = await fetch(url, {
      headers: { 'Add-Padding': 'true', 'User-Agent': 'gatehouse' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return parseRows(await readBounded(response));
  } catch (error) {
    throw new BreachRangeUnavailable(reasonOf(error));
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BODY) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/** A page of some proxy must not pass for "never breached": every line has to be a row, and there has to be one. */
function parseRows(body: string): Map<string, number> {
  const rows = body
    .trim()
    .split(/\r?\n/)
    .map((line) => {
      const { suffix, count } = ROW.exec(line)?.groups ?? {};
      if (suffix === undefined) throw new Error('the answer is not a list of hashes');
      return [suffix.toUpperCase(), Number(count)] as const;
    });
  return new Map(rows);
}

/** Never the address: it ends in a part of the hash. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error.name === 'TimeoutError' ? 'timeout' : error.message);
}
