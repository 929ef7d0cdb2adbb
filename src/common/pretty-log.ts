import { type DestinationStream } from 'pino';

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: '',
  40: 'warning',
  50: 'error',
  60: 'fatal',
};

interface Line {
  readonly level: number;
  readonly time: string;
  readonly msg?: string;
  readonly context?: string;
  readonly [field: string]: unknown;
}

/** Turns lines of JSON into lines for people. */
export function prettyStream(output: { write(text: string): unknown }): DestinationStream {
  return {
    write(json: string): void {
      output.write(`${prettyLine(JSON.parse(json) as Line)}\n`);
    },
  };
}

export function prettyLine({ level, time, msg = '', context, ...rest }: Line): string {
  const clock = time.slice(11, 19);
  if ('method' in rest) {
    const { method, route, status, ms, requestId } = rest;
    return [clock, method, route, status, `${String(ms)} ms`, requestId].map(String).join(' ');
  }
  const label = LEVELS[level];
  const fields = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
  return `${clock}${label ? ` ${label}:` : ''} ${msg}${context === undefined ? '' : ` (${context})`}${fields}`;
}
