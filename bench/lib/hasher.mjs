// Told how many, it hashes so many passwords one after the other, as the server does by default and with nothing around
// it, and says the seconds of each.
import { hashing } from './people.mjs';

const { name, hash } = hashing();
process.on('message', (count) => {
  const seconds = Array.from({ length: count }, () => {
    const begun = performance.now();
    hash();
    return (performance.now() - begun) / 1000;
  });
  process.send({ name, seconds });
});
process.on('disconnect', () => process.exit());
