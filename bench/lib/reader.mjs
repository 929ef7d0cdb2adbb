// fork('reader.mjs', [<url>, <headers as JSON>]): told `{ seconds }`, it asks so often a second, however long answers
// take, and says the milliseconds of each, counted from when the request was due. A process of its own, so that
// whatever else the bench does is not measured; one for the whole run, so that its start is not either.
import { Agent, request } from 'node:http';

const [, , url, headers] = process.argv;
const A_SECOND = 200;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

const ask = (due) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: JSON.parse(headers) }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`));
      answer.resume().on('end', () => resolve(performance.now() - due));
    });
    sent.on('error', reject).end();
  });

process.on('message', async ({ seconds }) => {
  const asked = [];
  const begun = performance.now();
  for (let i = 0; i < seconds * A_SECOND; i++) {
    const due = begun + (i * 1000) / A_SECOND;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    asked.push(ask(Math.max(due, performance.now())));
  }
  process.send(await Promise.all(asked));
});
process.on('disconnect', () => process.exit());
