type Item = number | string | Buffer | readonly Item[] | ReadonlyMap<number | string, Item>;

/** As much of CBOR (RFC 8949) as authenticators write. */
export function cbor(item: Item): Buffer {
  if (typeof item === 'number') return item < 0 ? head(1, -1 - item) : head(0, item);
  if (typeof item === 'string') return sized(3, Buffer.from(item));
  if (Buffer.isBuffer(item)) return sized(2, item);
  if (item instanceof Map) {
    const parts = [...(item as ReadonlyMap<number | string, Item>)].flat().map(cbor);
    return Buffer.concat([head(5, item.size), ...parts]);
  }
  const list = item as readonly Item[];
  return Buffer.concat([head(4, list.length), ...list.map(cbor)]);
}

const sized = (major: number, bytes: Buffer): Buffer =>
  Buffer.concat([head(major, bytes.length), bytes]);

function head(major: number, n: number): Buffer {
  const type = major << 5;
  if (n < 24) return Buffer.of(type | n);
  if (n < 0x100) return Buffer.of(type | 24, n);
  if (n < 0x10000) return Buffer.of(type | 25, n >> 8, n & 0xff);
  const wide = Buffer.alloc(5);
  wide[0] = type | 26;
  wide.writeUInt32BE(n, 1);
  return wide;
}
