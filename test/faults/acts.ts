import { v7 as uuidv7 } from 'uuid';
import { GOOD_PASSWORD, someEmail } from '../support/make.js';
import { type Chain, GRACE, type LiveKey, PERMISSION, type Right } from './ledger.js';
import type { Load } from './load.js';

export type Act = 'signIn' | 'refresh' | 'read' | 'readAsGhost' | 'write';
type Doing = (load: Load) => Promise<void>;

const oneOf = <T>(list: readonly T[]): T | undefined =>
  list[Math.floor(Math.random() * list.length)];
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** Answers that say nothing of whoever asks. */
const saysNothing = (status: number) => status === 0 || status >= 500;

/** An access token of a session that has only just begun: what is sensitive asks for one. */
async function freshly(load: Load, userId: string): Promise<[string, string] | undefined> {
  const token = await load.fleet.cast.refreshToken(userId).catch(() => undefined);
  if (token === undefined) return undefined;
  const { status, body } = await load.ask('POST', 'auth/refresh', {
    body: { refreshToken: token },
  });
  if (status !== 200) return undefined;
  return [String(body['accessToken']), String(body['refreshToken'])];
}

async function read(load: Load): Promise<void> {
  const reader = oneOf(load.ledger.readers);
  if (reader === undefined) return;
  const headers = { cookie: reader.cookie };
  const { status, body } = await load.ask('GET', 'users/me', { headers });
  if (status === 200 && body['id'] !== reader.id) load.ledger.wrong('somebody else was shown');
  if (status !== 200 && !saysNothing(status)) {
    load.ledger.wrong(`somebody signed in was told ${String(status)} ${String(body['code'])}`);
  }
}

async function readAsGhost(load: Load): Promise<void> {
  const ghost = oneOf(load.ledger.ghosts);
  if (ghost === undefined) return read(load);
  const asked = performance.now();
  const answer = await load.ask('GET', 'users/me', { headers: ghost.headers });
  load.ledger.judgeGhost(ghost, asked, answer);
  return undefined;
}

async function withChain(load: Load, work: (chain: Chain) => Promise<void>): Promise<void> {
  const chain = oneOf(load.ledger.chains.filter(({ busy }) => !busy));
  if (chain === undefined) return;
  chain.busy = true;
  try {
    await work(chain);
  } finally {
    chain.busy = false;
  }
}

const refresh: Doing = (load) =>
  withChain(load, async (chain) => {
    const asked = performance.now();
    const { status, body } = await load.ask('POST', 'auth/refresh', {
      body: { refreshToken: chain.member.next },
    });
    if (status === 200) {
      chain.member.next = String(body['refreshToken']);
      chain.bearer = String(body['accessToken']);
      chain.unsure = undefined;
    } else if (saysNothing(status)) {
      chain.unsure ??= asked;
    } else {
      const late = chain.unsure !== undefined && performance.now() - chain.unsure > GRACE;
      if (!late) load.ledger.wrong(`a refresh token was refused: ${String(body['code'])}`);
      const next = await load.fleet.cast.refreshToken(chain.member.id).catch(() => undefined);
      if (next !== undefined) Object.assign(chain.member, { next });
      if (next !== undefined) chain.unsure = undefined;
    }
  });

/** Every fourth is a guess, at an account that nobody has. */
async function signIn(load: Load): Promise<void> {
  const guesses = Math.random() < 0.25;
  const who = oneOf(load.ledger.signers);
  const email = guesses ? someEmail('nobody') : who?.email;
  const body = { email, password: guesses ? 'a wrong guess, a wrong guess' : GOOD_PASSWORD };
  const { status } = await load.ask('POST', 'auth/login', { body });
  if (saysNothing(status)) return;
  if (guesses ? status === 200 : status !== 200) {
    load.ledger.wrong(`signing in ${guesses ? 'by a guess ' : ''}got ${String(status)}`);
  }
}

async function register(load: Load): Promise<void> {
  const email = someEmail('new');
  const body = { email, password: 'a heron sleeps on the roof' };
  const { status } = await load.ask('POST', 'auth/register', { body });
  if (status === 202) load.ledger.registered.push(email);
  else if (!saysNothing(status)) load.ledger.wrong(`registering got ${String(status)}`);
}

async function signOut(load: Load): Promise<void> {
  const member = oneOf(load.ledger.readers);
  const held = member && (await freshly(load, member.id));
  if (held === undefined) return;
  const headers = bearer(held[0]);
  const { status } = await load.ask('POST', 'auth/logout', { headers });
  if (status !== 204) {
    if (!saysNothing(status)) load.ledger.wrong(`signing out got ${String(status)}`);
    return;
  }
  const what = 'the access token of a session that was signed out';
  load.ledger.ghosts.push({ what, headers, since: performance.now() });
  load.ledger.endedTokens.push(held[1]);
}

const admins = new WeakMap<Load, { token: string; until: number }>();

/** An administrator who has proved herself lately. */
async function adminOf(load: Load): Promise<string | undefined> {
  const known = admins.get(load);
  if (known !== undefined && known.until > performance.now()) return known.token;
  const [token] = (await freshly(load, load.ledger.admin.id)) ?? [];
  if (token !== undefined) admins.set(load, { token, until: performance.now() + 200_000 });
  return token;
}

async function giveOrTake(load: Load, right: Right, token: string): Promise<void> {
  const gives = right.state !== 'held';
  const path = `users/${right.member.id}/permissions/${PERMISSION}`;
  const { status } = await load.ask(gives ? 'PUT' : 'DELETE', path, { headers: bearer(token) });
  if (status >= 200 && status < 300) right.state = gives ? 'held' : 'not held';
  else right.state = 'unknown';
  if (status >= 300 && !saysNothing(status)) {
    load.ledger.wrong(`changing a right got ${String(status)}`);
  }
}

async function changeRight(load: Load): Promise<void> {
  const right = oneOf(load.ledger.rights.filter(({ busy }) => !busy));
  if (right === undefined) return;
  right.busy = true;
  try {
    const token = await adminOf(load);
    if (token === undefined) return;
    await giveOrTake(load, right, token);
  } finally {
    right.busy = false;
  }
}

const rename: Doing = (load) =>
  withChain(load, async (chain) => {
    if (chain.bearer === '') return;
    const lastName = uuidv7();
    const { status, body } = await load.ask('PATCH', 'users/me', {
      headers: bearer(chain.bearer),
      body: { lastName },
    });
    if (status === 200) {
      chain.lastName = lastName;
      chain.maybeNames.clear();
    } else chain.maybeNames.add(lastName);
    if (status !== 200 && !saysNothing(status) && body['code'] !== 'invalid_token') {
      load.ledger.wrong(`a change of name got ${String(status)}`);
    }
  });

const KEYS = 3;
const KEY_PATH = 'users/me/api-keys';

async function makeKey(load: Load, owner: string, token: string): Promise<LiveKey | undefined> {
  const { status, body } = await load.ask('POST', KEY_PATH, {
    headers: bearer(token),
    body: { name: 'a server' },
  });
  if (status === 201) return { id: String(body['id']), key: String(body['key']), owner };
  if (!saysNothing(status)) load.ledger.wrong(`making a key got ${String(status)}`);
  return undefined;
}

async function revokeKey(load: Load, { id, key }: LiveKey, token: string): Promise<void> {
  const path = `${KEY_PATH}/${id}`;
  const { status } = await load.ask('DELETE', path, { headers: bearer(token) });
  if (status !== 204) return;
  const headers = { 'x-api-key': key };
  const what = 'an API key that was revoked';
  load.ledger.ghosts.push({ what, headers, since: performance.now() });
}

/** The first few are kept; whoever has one made after that takes it back. */
async function changeKeys(load: Load): Promise<void> {
  const owner = await load.fleet.cast.member().catch(() => undefined);
  const held = owner && (await freshly(load, owner.id));
  if (held === undefined || owner === undefined) return;
  const made = await makeKey(load, owner.id, held[0]);
  if (made === undefined) return;
  if (load.ledger.keys.length < KEYS) load.ledger.keys.push(made);
  else await revokeKey(load, made, held[0]);
}

const WRITES: readonly Doing[] = [changeRight, signOut, rename, register, changeKeys];
let written = 0;

export const acts: Readonly<Record<Act, Doing>> = {
  signIn,
  refresh,
  read,
  readAsGhost,
  write: (load) => (WRITES[written++ % WRITES.length] ?? rename)(load),
};
