import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { DataSource } from 'typeorm';
import { readSettings } from '../../../src/config/settings.js';
import { connectionOptions } from '../../../src/database/connection-options.js';

/** A message of PostgreSQL's protocol: its type, its length, what it says. */
function message(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const WELCOME = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const FAREWELL = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

describe('A database that dies', () => {
  it('in the moment in which it lets us in takes nobody with it', async () => {
    const dying = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([WELCOME, READY, FAREWELL])));
    }).listen(0, '127.0.0.1');
    await once(dying, 'listening');
    const { port } = dying.address() as AddressInfo;
    const options = connectionOptions(readSettings({}), `postgres://x@127.0.0.1:${String(port)}/x`);
    await expect(new DataSource(options).initialize()).rejects.toThrow(/connection/i);
    dying.close();
  });
});
