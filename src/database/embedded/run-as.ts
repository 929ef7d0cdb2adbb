import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Programs of PostgreSQL see nothing of our environment. */
export const CHILD_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** How PostgreSQL's programs are run, since they refuse to be run by root. */
export interface RunAs {
  /** Words to put in front of the command. */
  readonly prefix: readonly string[];
  /** The account to drop to; empty for our own. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
  /** Who must own PostgreSQL's files. */
  readonly owner: Account;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface Situation {
  readonly root: string;
  readonly postgres: string;
  /** False: do as if the kernel refused user namespaces. */
  readonly userNamespaces?: boolean | undefined;
}

/**
 * An ordinary user runs PostgreSQL as is. Root runs it in a user namespace, where root is nobody and yet every
 * file stays root's; where the kernel refuses that, as an unprivileged account that can reach the files.
 *
 * @throws Error that says what to do when no account can.
 */
export function chooseRunAs(situation: Situation): RunAs {
  const us = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
  const plain = { prefix: [], ids: {}, owner: us };
  if (us.uid !== 0) return plain;
  const inNamespace = { ...plain, prefix: ['unshare', '--user'] };
  if (situation.userNamespaces !== false && works(inNamespace, situation)) return inNamespace;
  return dropPrivileges(situation);
}

function dropPrivileges(situation: Situation): RunAs {
  const accounts = candidates(situation.root);
  chmodSync(situation.root, statSync(situation.root).mode | 0o011); // may be passed, not listed
  for (const account of accounts) {
    const runAs = { prefix: [], ids: account, owner: account };
    if (works(runAs, situation)) return runAs;
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and no unprivileged account can reach both ${situation.root} and ` +
      `${dirname(situation.postgres)}. Do one of these: start as an ordinary user; move the project to a place that ` +
      'every user may pass through, such as /srv; or set DATABASE_URL to a PostgreSQL server of your own.',
  );
}

/** Whose folder it is (`sudo npm start` in somebody's home), then the accounts that exist for such things. */
function candidates(root: string): Account[] {
  const home = statSync(dirname(root));
  const accounts = readAccounts(readFileSync('/etc/passwd', 'utf8'));
  const found = [home, accounts.get('postgres'), accounts.get('nobody')];
  return found
    .filter((account) => account !== undefined)
    .filter(({ uid }) => uid !== 0)
    .map(({ uid, gid }) => ({ uid, gid }));
}

/** The accounts of a passwd(5) file by name. */
export function readAccounts(passwd: string): ReadonlyMap<string, Account> {
  const accounts = new Map<string, Account>();
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && uid && gid) accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}

function works({ prefix, ids }: RunAs, { root, postgres }: Situation): boolean {
  const probe = 'test -x "$1" && "$2" --version';
  const [command, ...rest] = [...prefix, '/bin/sh', '-c', probe, 'sh', root, postgres];
  const { status } = spawnSync(command, rest, {
    ...ids,
    env: CHILD_ENVIRONMENT,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}
