// What pgbench would do where there is none: so many connections update, one row after the other, for so many seconds.
import pg from 'pg';
import { someRow, update } from './bare-updates.mjs';

const [, , url, connections, seconds] = process.argv;
const clients = Array.from({ length: connections }, () => new pg.Client(url));
await Promise.all(clients.map((client) => client.connect()));
const end = performance.now() + seconds * 1000;
let done = 0;
await Promise.all(
  clients.map(async (client) => {
    for (; performance.now() < end; done++) {
      await client.query({ name: 'update', text: update('$1::int'), values: [someRow()] });
    }
  }),
);
await Promise.all(clients.map((client) => client.end()));
process.send(done / seconds);
process.disconnect();
