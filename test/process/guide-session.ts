import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where the session of a guide is to run: instead of a server on port 3000 of the folder that one is in. */
export interface Place {
  readonly folder: string;
  readonly base: string;
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Session {
  /** The statuses and words that it printed, one a line. */
  readonly said: readonly string[];
  /** Those that its comments promise. */
  readonly promised: readonly string[];
  readonly output: string;
}

/** Runs the first shell session of the guide that talks to the server, as it stands there. */
export async function runSession(guide: string, place: Place): Promise<Session> {
  const blocks = [...readFileSync(guide, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)];
  const text = blocks.map(([, block = '']) => block).find((block) => block.includes('api=')) ?? '';
  const script = text
    .replaceAll('http://127.0.0.1:3000', place.base)
    .replaceAll('.data/outbox', `${place.dataDir}/outbox`)
    .replaceAll('npm run -s cli --', 'node src/cli/main.js');
  const child = spawn('bash', ['-c', script], {
    cwd: place.folder,
    env: place.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return {
    said: output.split('\n').filter((line) => /^(?:\d{3}|[a-z][a-z\d_]*)$/.test(line)),
    promised: [...text.matchAll(/ # (\d{3}|[a-z][a-z\d_]*)$/gm)].map(([, word = '']) => word),
    output,
  };
}
