import type { DestinationStream } from 'pino';

interface Output {
  write(text: string): unknown;
  flushSync(): void;
}

/** As much as is written in one call, in characters. */
const ENOUGH = 16_000;

/** How long a line may wait for others, in milliseconds. */
const PATIENCE = 500;

/**
 * Hands on lines when there are enough for one call, and at least twice a second. The output could gather
 * them itself, but measures all that it has gathered anew for each line (sonic-boom 4.2), which costs more than
 * all else about a log line.
 */
export function batched(output: Output): DestinationStream & { flushSync(): void } {
  let lines = '';
  const handOn = () => {
    if (lines === '') return;
    const text = lines;
    lines = '';
    output.write(text);
  };
  const flushSync = () => {
    handOn();
    output.flushSync();
  };
  setInterval(handOn, PATIENCE).unref();
  process.once('beforeExit', handOn).once('exit', flushSync); // however the process ends
  return {
    write(line: string): void {
      lines += line;
      if (lines.length >= ENOUGH) handOn();
    },
    flushSync,
  };
}
