// node reader.mjs <url> <headers as JSON> <seconds>: asks so often a second, however long answers take, and prints the
// milliseconds of the 99th percentile, counted from when each request was due. A process of its own, so that whatever
// else the bench does is not measured.
import { Agent, request } from 'node:http';

const [, , url, headers, seconds] = process.argv;
const A_SECOND = 200;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const took = [];

const ask = (due) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: JSON.parse(headers) }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`));
      answer.resume().on('end', () => {
        took.push(performance.now() - due);
        resolve();
      });
    });
    sent.on('error', reject).end();
  });

const asked = [];
const begun = performance.now();
for (let i = 0; i < Number(seconds) * A_SECOND; i++) {
  const due = begun + (i * 1000) / A_SECOND;
  const early = due - performance.now();
  if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
  asked.push(ask(Math.max(due, performance.now())));
}
await Promise.all(asked);
took.sort((a, b) => a - b);
console.log(took[Math.floor(took.length * 0.99)]);
process.exit(0);
