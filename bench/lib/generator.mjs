// A load that costs little, on plain sockets, in a process of its own that lives for the whole run and keeps its
// connections; see generator-of.mjs. First it is told what to send (requests.mjs). Then, told `{ connections, seconds }`,
// so many clients ask one thing after the other; with `rate`, so many requests begin a second, whether or not the
// former ones were answered, and each time counts from when the request was due (no coordinated omission). Told
// `{ count }` instead of `seconds`, it ends after so many. It says what `summary` below gives.
import { connect } from 'node:net';
import { percentile } from './figures.mjs';
import { requestsOf } from './requests.mjs';

const [, , port] = process.argv;
let requests;
const HEAD_END = Buffer.from('\r\n\r\n');
const pool = [];

/** One answer at a time. */
class Connection {
  #socket = connect(Number(port), '127.0.0.1');
  #read = Buffer.alloc(0);
  #answered;

  constructor() {
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (data) => this.#take(data));
    this.#socket.on('error', fail).on('close', () => {
      if (this.#answered) fail(new Error('The server hung up'));
    });
  }

  /** `answered(status, body)` */
  ask(request, answered) {
    this.#answered = answered;
    this.#socket.write(request, 'latin1');
  }

  #take(data) {
    this.#read = this.#read.length === 0 ? data : Buffer.concat([this.#read, data]);
    const head = this.#read.indexOf(HEAD_END);
    if (head < 0) return;
    const text = this.#read.latin1Slice(0, head);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
    const end = head + HEAD_END.length + length;
    if (this.#read.length < end) return;
    const body = this.#read.latin1Slice(end - length, end);
    this.#read = this.#read.subarray(end);
    const answered = this.#answered;
    this.#answered = undefined;
    answered(Number(text.slice(9, 12)), body);
  }
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

/** What was answered within the time that counts. */
class Tally {
  statuses = {};
  took = [];
  late = [];

  note(status, took) {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    this.took.push(took);
  }

  summary(seconds, cpu) {
    const at = (share) => percentile(this.took, share);
    return {
      answered: this.took.length,
      perSecond: this.took.length / seconds,
      statuses: this.statuses,
      ms: { p50: at(0.5), p99: at(0.99), p999: at(0.999) },
      // of one core; and how late requests went out, which is no fault of the server
      load: (cpu.user + cpu.system) / 1e6 / seconds,
      lateMs: this.late.length > 0 ? percentile(this.late, 0.99) : 0,
    };
  }
}

const send = (connection, due, tally, counts, then) => {
  const next = requests.next();
  if (next === undefined) fail(new Error('No more requests to send'));
  connection.ask(next.text, (status, body) => {
    const now = performance.now();
    next.answered?.(status, body);
    if (counts(now)) tally.note(status, now - due);
    then();
  });
};

/** Each client asks, waits for the answer, and asks again. The answers within `seconds` count, after `ramp` more. */
async function closed({ connections, seconds = Infinity, ramp = 0, count = Infinity }) {
  const tally = new Tally();
  const begin = performance.now() + ramp * 1000;
  const end = begin + seconds * 1000;
  let [sent, cpu] = [0, process.cpuUsage()];
  const counts = (now) => now >= begin && now < end;
  const client = (connection) =>
    new Promise((resolve) => {
      const again = () => {
        const now = performance.now();
        if (now >= end || sent >= count) return resolve();
        sent++;
        send(connection, now, tally, counts, again);
      };
      again();
    });
  await Promise.all(pool.slice(0, connections).map(client));
  cpu = process.cpuUsage(cpu);
  const took = (performance.now() - begin) / 1000;
  return tally.summary(Math.min(took, seconds), cpu);
}

/** So many a second, evenly. Whoever finds no free connection waits for one, and that counts. */
async function open({ connections, seconds, rate }) {
  const tally = new Tally();
  const free = pool.slice(0, connections);
  const waiting = [];
  const total = Math.round(seconds * rate);
  const begin = performance.now();
  let [sent, done, cpu] = [0, 0, process.cpuUsage()];
  await new Promise((resolve) => {
    const begun = (connection, due) => {
      send(
        connection,
        due,
        tally,
        () => true,
        () => {
          done++;
          if (waiting.length > 0) begun(connection, waiting.shift());
          else free.push(connection);
          if (done === total) resolve();
        },
      );
    };
    const look = () => {
      const now = performance.now();
      for (; sent < total; sent++) {
        const due = begin + (sent * 1000) / rate;
        if (due > now) break;
        tally.late.push(now - due);
        if (free.length > 0) begun(free.shift(), due);
        else waiting.push(due);
      }
      if (sent < total) setImmediate(look); // a timer would be a millisecond late
    };
    look();
  });
  cpu = process.cpuUsage(cpu);
  return tally.summary((performance.now() - begin) / 1000, cpu);
}

process.on('message', async (task) => {
  if (task.kind !== undefined) {
    requests = requestsOf(task);
    return;
  }
  while (pool.length < task.connections) pool.push(new Connection());
  process.send(await (task.rate === undefined ? closed(task) : open(task)));
});
process.on('disconnect', () => process.exit());
