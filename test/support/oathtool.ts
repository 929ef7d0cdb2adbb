import { execFileSync, spawnSync } from 'node:child_process';

/** An authenticator that somebody else wrote (apt-get install oathtool). */
export const hasOathtool =
  spawnSync('oathtool', ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;

if (!hasOathtool) {
  process.stderr.write('Without oathtool the tests with another authenticator are skipped.\n');
}

/** What it shows at a moment for a secret in base32. */
export function oathtool(secret: string, millis: number): string {
  const at = `@${String(Math.floor(millis / 1000))}`;
  return execFileSync('oathtool', ['--totp', '--base32', '--now', at, secret], {
    encoding: 'utf8',
    timeout: 20_000,
  }).trim();
}
