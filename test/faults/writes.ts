import { v7 as uuidv7 } from 'uuid';
import { GOOD_PASSWORD } from '../support/make.js';
import { type Answered, ask } from './ask.js';
import type { Member } from './cast.js';
import type { Fleet } from './fleet.js';

export interface Scene {
  readonly fleet: Fleet;
  readonly people: readonly Member[];
  /** Of somebody whom none of the writes is about. */
  readonly office: () => Promise<Writer>;
  readonly groups: readonly string[];
}

/** Milliseconds that anybody waits for an answer. */
const PATIENCE = 15_000;
const NAMES = ['catalog.add_product', 'catalog.change_product', 'catalog.view_product'] as const;

export const oneOf = <T>(list: readonly T[]): T =>
  list[Math.floor(Math.random() * list.length)] as T;

/** Somebody who is signed in and has just proved that it is herself. */
export class Writer {
  private constructor(
    private readonly base: string,
    private readonly access: string,
    private readonly refreshToken: string,
  ) {}

  /** Undefined: her account is deactivated at the moment. */
  static async of(fleet: Fleet, { id }: Member): Promise<Writer | undefined> {
    const base = `${fleet.url(Math.floor(Math.random() * fleet.nodes.length))}/v1`;
    const body = { refreshToken: await fleet.cast.refreshToken(id) };
    const answer = await ask('POST', `${base}/auth/refresh`, { body });
    if (answer.status !== 200) return undefined;
    return new Writer(
      base,
      String(answer.body['accessToken']),
      String(answer.body['refreshToken']),
    );
  }

  ask(method: string, path: string, body?: object): Promise<Answered> {
    const headers = { authorization: `Bearer ${this.access}` };
    return ask(method, `${this.base}/${path}`, {
      headers,
      patience: PATIENCE,
      ...(body && { body }),
    });
  }

  refresh(): Promise<Answered> {
    return this.ask('POST', 'auth/refresh', { refreshToken: this.refreshToken });
  }
}

/** Herself, somebody of the five whom it is done to, and where. */
interface Doing {
  readonly me: Writer;
  readonly other: Member;
  readonly office: Writer;
  readonly group: string;
}

/** What somebody does to herself, and to others: each takes rows of users, and of what hangs on them. */
export const WRITES: Readonly<Record<string, (doing: Doing) => Promise<Answered>>> = {
  refresh: ({ me }) => me.refresh(),
  'sign in': ({ me, other }) =>
    me.ask('POST', 'auth/login', { email: other.email, password: GOOD_PASSWORD }),
  'sign out': ({ me }) => me.ask('POST', 'auth/logout'),
  'sign out everywhere': ({ me }) => me.ask('POST', 'auth/logout/all'),
  'end my other sessions': ({ me }) => me.ask('DELETE', 'users/me/sessions'),
  'end her sessions': ({ me, other }) => me.ask('DELETE', `users/${other.id}/sessions`),
  'rename me': ({ me }) => me.ask('PATCH', 'users/me', { lastName: uuidv7() }),
  'rename her': ({ me, other }) => me.ask('PATCH', `users/${other.id}`, { lastName: uuidv7() }),
  'deactivate her': async ({ office, other }) => {
    const answer = await office.ask('PATCH', `users/${other.id}`, { isActive: false });
    await office.ask('PATCH', `users/${other.id}`, { isActive: true });
    return answer;
  },
  'demote her': async ({ office, other }) => {
    const answer = await office.ask('PATCH', `users/${other.id}`, { isSuperuser: false });
    await office.ask('PATCH', `users/${other.id}`, { isSuperuser: true });
    return answer;
  },
  'give her a right': ({ me, other }) =>
    me.ask('PUT', `users/${other.id}/permissions/${oneOf(NAMES)}`),
  'take a right of her': ({ me, other }) =>
    me.ask('DELETE', `users/${other.id}/permissions/${oneOf(NAMES)}`),
  'put her into a group': ({ me, other, group }) =>
    me.ask('PUT', `groups/${group}/members/${other.id}`),
  'take her out of a group': ({ me, other, group }) =>
    me.ask('DELETE', `groups/${group}/members/${other.id}`),
  'give a group a right': ({ me, group }) =>
    me.ask('PUT', `groups/${group}/permissions/${oneOf(NAMES)}`),
  'take a right of a group': ({ me, group }) =>
    me.ask('DELETE', `groups/${group}/permissions/${oneOf(NAMES)}`),
  'grant on her account': ({ me, other, group }) =>
    me.ask('POST', 'object-permissions', {
      subject: { type: 'group', id: group },
      permission: 'users.view_user',
      object: { type: 'users.user', id: other.id },
    }),
  'make a key, rotate it, revoke it': async ({ me }) => {
    const made = await me.ask('POST', 'users/me/api-keys', { name: 'a server' });
    if (made.status !== 201) return made;
    const path = `users/me/api-keys/${String(made.body['id'])}`;
    const rotated = await me.ask('POST', `${path}/rotate`, {});
    const ended = await me.ask('DELETE', path);
    if (rotated.status !== 201) return ended;
    return me.ask('DELETE', `users/me/api-keys/${String(rotated.body['id'])}`);
  },
  'forget a password': ({ me, other }) =>
    me.ask('POST', 'auth/password/forgot', { email: other.email }),
  'begin an authenticator app': ({ me }) => me.ask('POST', 'users/me/two-factor/totp', {}),
};

/** It hashes; or nobody else would get anything done. */
const SELDOM = new Set(['sign in', 'end her sessions', 'sign out everywhere', 'deactivate her']);

/** One of them, at random. Undefined: she could not come in. */
export async function write(scene: Scene): Promise<[string, Answered] | undefined> {
  const name = oneOf(Object.keys(WRITES));
  if (SELDOM.has(name) && Math.random() < 0.8) return undefined;
  const me = await Writer.of(scene.fleet, oneOf(scene.people));
  const doing = WRITES[name];
  if (me === undefined || doing === undefined) return undefined;
  const office = await scene.office();
  const given = { me, other: oneOf(scene.people), office, group: oneOf(scene.groups) };
  return [name, await doing(given)];
}
