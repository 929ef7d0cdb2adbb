import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { median } from './figures.mjs';

const HASHES = 7;

/** How many passwords a second the cores could hash if they did nothing else. */
export function bareHashing() {
  const cores = availableParallelism();
  const hashers = Array.from({ length: cores }, () => fork('bench/lib/hasher.mjs'));
  const timesOf = async (some) => {
    const said = some.map((hasher) => once(hasher, 'message'));
    for (const hasher of some) hasher.send(HASHES);
    const answers = (await Promise.all(said)).map(([answer]) => answer);
    return { name: answers[0].name, seconds: answers.flatMap(({ seconds }) => seconds) };
  };
  return {
    cores,
    /** Cores ÷ the time of one hash on a machine that does nothing else; and ÷ its time where all cores hash at once. */
    measure: async () => {
      const alone = await timesOf(hashers.slice(0, 1));
      const together = await timesOf(hashers);
      return {
        name: alone.name,
        milliseconds: median(alone.seconds) * 1000,
        alone: cores / median(alone.seconds),
        together: cores / median(together.seconds),
      };
    },
    stop: () => hashers.forEach((hasher) => hasher.disconnect()),
  };
}
