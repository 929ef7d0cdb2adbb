import { crc32 } from 'node:zlib';
import { toBase62 } from '../../src/common/base62.js';

const SECRET_AND_CHECKSUM = 49;

/** What a refresh token is made of: `ghr`, the id of the session, its secret without the checksum, and the seal. */
export interface Parts {
  readonly prefix: string;
  readonly id: string;
  readonly secret: string;
  readonly seal: string;
}

export const partsOf = (token: string): Parts => {
  const [prefix = '', id = '', rest = '', seal = ''] = token.split('_');
  expect(rest).toHaveLength(SECRET_AND_CHECKSUM);
  return { prefix, id, secret: rest.slice(0, -6), seal };
};

/** With the checksum that fits, as anybody can work it out. */
export const joined = ({ prefix, id, secret, seal }: Parts): string => {
  const body = `${prefix}_${id}_${secret}`;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return `${body}${toBase62(bytes)}_${seal}`;
};
