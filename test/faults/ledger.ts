import { setTimeout as sleep } from 'node:timers/promises';
import { type Answered, ask } from './ask.js';
import type { Member } from './cast.js';
import type { Fleet } from './fleet.js';

/** Milliseconds after which no node believes any more what is over, whatever it has not heard. */
const HEARD = 6000;
/** Milliseconds for which a refresh token whose answer was lost may be shown again, a little less. */
export const GRACE = 18_000;
export const PERMISSION = 'catalog.add_product';

/** Somebody who carries her session on, again and again. */
export interface Chain {
  readonly member: Member;
  bearer: string;
  busy: boolean;
  /** Since when nobody knows whether the newest token was used. */
  unsure: number | undefined;
  lastName: string;
  /** What may stand there as well: nobody was told. */
  readonly maybeNames: Set<string>;
}

/** What opens nothing any more. */
export interface Ghost {
  readonly what: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly since: number;
}

export interface Right {
  readonly member: Member;
  busy: boolean;
  state: 'held' | 'not held' | 'unknown';
}

export interface LiveKey {
  readonly id: string;
  readonly key: string;
  readonly owner: string;
}

/** Everything that the fleet has acknowledged, and what it has said that it never may. */
export class Ledger {
  readonly problems: string[] = [];
  readonly readers: Member[] = [];
  readonly chains: Chain[] = [];
  readonly ghosts: Ghost[] = [];
  readonly endedTokens: string[] = [];
  readonly rights: Right[] = [];
  readonly keys: LiveKey[] = [];
  readonly registered: string[] = [];
  readonly signers: Member[] = [];
  admin!: Member;
  owner!: Member;
  /** Answers that HAProxy gave itself. */
  ofProxy = 0;

  constructor(private readonly fleet: Fleet) {}

  /** @param crowd times as many people who read, sign in and carry sessions on */
  async open(crowd = 1): Promise<void> {
    const { cast } = this.fleet;
    this.admin = await cast.member({ isSuperuser: true });
    this.owner = await cast.member();
    this.readers.push(...(await cast.members(20 * crowd)));
    this.signers.push(...(await cast.members(crowd === 1 ? 3 : 20 * crowd)));
    for (const member of await cast.members(20 * crowd)) {
      const rest = { bearer: '', busy: false, unsure: undefined, lastName: '' };
      this.chains.push({ member, ...rest, maybeNames: new Set() });
    }
    for (const member of await cast.members(8)) {
      this.rights.push({ member, busy: false, state: 'not held' });
    }
  }

  wrong(problem: string): void {
    this.problems.push(problem);
  }

  /** What nobody may ever be told, whatever has failed: 500, or to come again without a word when. */
  judge(what: string, { status, headers, body }: Answered): void {
    if (status < 500) return;
    if (headers['x-request-id'] === undefined) {
      this.ofProxy++;
      return;
    }
    if (status !== 503) this.wrong(`${what}: ${String(status)} ${String(body['code'])}`);
    else if (headers['retry-after'] === undefined) this.wrong(`${what}: 503 without Retry-After`);
  }

  /** Whether somebody is let in whose credential is over for longer than any node may overlook. */
  judgeGhost(ghost: Ghost, asked: number, { status }: Answered): void {
    if (status < 400 && status > 0 && asked - ghost.since > HEARD) {
      this.wrong(`let in with ${ghost.what}, ended ${(asked - ghost.since).toFixed(0)} ms before`);
    }
  }

  /** Everything that was acknowledged, looked up afterwards. What is wrong with it; nothing should be. */
  async check(): Promise<string[]> {
    await sleep(1000); // the longest that a node may take to hear of it
    await Promise.all([
      this.checkGhosts(),
      this.checkChains(),
      this.checkRights(),
      this.checkKeys(),
      this.checkRegistered(),
      this.checkProfiles(),
    ]);
    return [...new Set(this.problems)];
  }

  private bases(): string[] {
    return this.fleet.nodes.map((_, i) => `${this.fleet.url(i)}/v1`);
  }

  private async checkGhosts(): Promise<void> {
    for (const base of this.bases()) {
      for (const { what, headers } of this.ghosts.slice(-100)) {
        const { status } = await ask('GET', `${base}/users/me`, { headers });
        if (status !== 401) this.wrong(`afterwards ${what} gets ${String(status)}`);
      }
    }
    for (const refreshToken of this.endedTokens.slice(-50)) {
      const body = { refreshToken };
      const { status } = await ask('POST', `${this.bases()[0] ?? ''}/auth/refresh`, { body });
      if (status !== 401) this.wrong(`afterwards an ended refresh token gets ${String(status)}`);
    }
  }

  private async checkChains(): Promise<void> {
    for (const { member, unsure } of this.chains) {
      const late = unsure !== undefined && performance.now() - unsure > GRACE;
      const body = { refreshToken: member.next };
      const answer = await ask('POST', `${this.bases()[0] ?? ''}/auth/refresh`, { body });
      if (answer.status === 200) member.next = String(answer.body['refreshToken']);
      else if (!late) this.wrong(`the newest refresh token gets ${String(answer.body['code'])}`);
    }
  }

  private async checkRights(): Promise<void> {
    const rows = await this.fleet.query<{ user_id: string }>(
      `SELECT user_id FROM user_permissions JOIN permissions p ON p.id = permission_id
        WHERE p.name = '${PERMISSION}'`,
    );
    const holders = new Set(rows.map((row) => row.user_id));
    for (const { member, state } of this.rights) {
      if (state === 'unknown') continue;
      const held = state === 'held';
      if (holders.has(member.id) !== held) this.wrong(`a right that is ${state} is not so`);
      for (const base of this.bases()) {
        const headers = { cookie: member.cookie };
        const { body } = await ask('GET', `${base}/users/me/permissions`, { headers });
        const says = JSON.stringify(body).includes(PERMISSION);
        if (says !== held) this.wrong(`a node says otherwise of a right that is ${state}`);
      }
    }
  }

  private async checkKeys(): Promise<void> {
    for (const { key } of this.keys) {
      for (const base of this.bases()) {
        const headers = { 'x-api-key': key };
        const { status } = await ask('GET', `${base}/users/me`, { headers });
        if (status !== 200) this.wrong(`an API key that was issued gets ${String(status)}`);
      }
    }
  }

  private async checkRegistered(): Promise<void> {
    const rows = await this.fleet.query<{ email: string }>('SELECT email FROM users');
    const known = new Set(rows.map(({ email }) => email));
    for (const email of this.registered) {
      if (!known.has(email)) this.wrong('somebody was told that she is registered, and is not');
    }
  }

  /** Which of those who were promised a mail have got none. */
  async withoutMail(within: number): Promise<string[]> {
    const deadline = performance.now() + within;
    for (;;) {
      const none = this.registered.filter((email) => this.fleet.mails.countTo(email) === 0);
      if (none.length === 0) return none;
      if (performance.now() > deadline) return none.slice(await this.waitingMails());
      await sleep(200);
    }
  }

  /** A node whose connection was lost as it took a mail out leaves it to another one after four minutes. */
  private async waitingMails(): Promise<number> {
    const sql = 'SELECT count(*)::int AS n FROM mail_queue WHERE failed_at IS NULL';
    return (await this.fleet.query<{ n: number }>(sql))[0]?.n ?? 0;
  }

  private async checkProfiles(): Promise<void> {
    const rows = await this.fleet.query<{ id: string; last_name: string }>(
      'SELECT id, last_name FROM users',
    );
    const names = new Map(rows.map((row) => [row.id, row.last_name]));
    for (const { member, lastName, maybeNames } of this.chains) {
      const name = names.get(member.id) ?? '';
      if (name !== lastName && !maybeNames.has(name)) this.wrong('a name that was kept is gone');
    }
  }
}
