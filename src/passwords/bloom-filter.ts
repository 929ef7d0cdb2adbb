import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const MAGIC = 'GHBF';
const HEADER_BYTES = 16;
/** SHA-512 has room for sixteen 32-bit positions. */
const MAX_PROBES = 16;

/**
 * A set that may say yes to a stranger (about once in 100,000 times, as built) and never no to a member.
 *
 * File: `GHBF`, then probes, bits and entries as little-endian uint32, then the bits, lowest first. The positions of an
 * entry are the leading little-endian uint32s of the SHA-512 of its UTF-8, each modulo the number of bits.
 */
export class BloomFilter {
  private constructor(
    private readonly probes: number,
    private readonly bits: number,
    /** How many entries went in. */
    readonly entries: number,
    private readonly field: Buffer,
  ) {}

  /** @throws Error when the file is absent or damaged */
  static async open(file: URL): Promise<BloomFilter> {
    return BloomFilter.from(await readFile(file));
  }

  /** @throws Error when these are not the bytes of a filter */
  static from(bytes: Buffer): BloomFilter {
    if (bytes.toString('latin1', 0, 4) !== MAGIC) throw new Error('Not a Bloom filter');
    const probes = bytes.readUInt32LE(4);
    const bits = bytes.readUInt32LE(8);
    const field = bytes.subarray(HEADER_BYTES);
    if (probes < 1 || probes > MAX_PROBES || bits < 1 || field.length !== Math.ceil(bits / 8)) {
      throw new Error('The Bloom filter is damaged');
    }
    return new BloomFilter(probes, bits, bytes.readUInt32LE(12), field);
  }

  has(entry: string): boolean {
    const digest = createHash('sha512').update(entry).digest();
    for (let probe = 0; probe < this.probes; probe += 1) {
      const position = digest.readUInt32LE(probe * 4) % this.bits;
      if ((this.field.readUInt8(position >>> 3) & (1 << (position & 7))) === 0) return false;
    }
    return true;
  }
}
