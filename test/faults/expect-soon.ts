import { loadavg } from 'node:os';

/** Whatever failed is back: so long may it take, and if it takes longer, what else the machine did is said. */
export function expectSoon(millis: number, bound = 5000): void {
  if (millis <= bound) return;
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(' ');
  throw new Error(
    `Recovered only after ${millis.toFixed(0)} ms; load of the machine (1, 5, 15 min): ${load}`,
  );
}
