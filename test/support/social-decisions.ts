import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { SocialAccount } from '../../src/social/accounts/social-account.entity.js';
import { withAuthenticator } from './authenticator.js';
import type { Client } from './client.js';
import { Make } from './make.js';
import { type Claims, type OpenIdProvider, signInAt } from './openid-provider.js';
import type { Decision } from './social-decision-rows.js';
import { type Landed, SocialVisits } from './social-visits.js';
import type { TestApp } from './test-app.js';

/** Of the provider, which hands its addresses out itself and does not say that they are verified. */
export const VOUCHED = 'vouched.example';

/** What the tables say of an address and of an identity. */
interface Facts {
  readonly account: string | undefined;
  readonly proved: boolean;
  readonly password: boolean;
  readonly signedIn: boolean;
  readonly others: number;
  readonly owner: string | undefined;
}

interface Before {
  readonly sub: string;
  readonly email: string;
  /** Of who links, or has the address: signed in, if she can be. */
  readonly client: Client | undefined;
}

/** Sets up the row of a table of decisions, does what it says, and tells what came of it. */
export class SocialDecisions {
  readonly #visits: SocialVisits;

  constructor(
    private readonly test: TestApp,
    private readonly provider: OpenIdProvider,
  ) {
    this.#visits = new SocialVisits(test, provider);
  }

  async run(row: Decision): Promise<Pick<Decision, 'sees' | 'tables'>> {
    const set = await this.setUp(row);
    const before = await this.facts(set);
    const landed = await (row.does === 'links' ? this.link(set) : this.#visits.visit(set.sub));
    const after = await this.facts(set);
    return { sees: await this.seen(landed, after), tables: changes(before, after) };
  }

  private async setUp({ identity, address, account, does }: Decision): Promise<Before> {
    const sub = randomBytes(8).toString('hex');
    const email = `eve.${uuidv7()}@${address === 'of a vouched domain' ? VOUCHED : 'example.com'}`;
    this.provider.people.set(sub, { ...(address !== 'none' && { email }), ...CLAIMS[address] });
    const made = await this.account(account, email);
    await this.attachAs(identity, made.userId, sub);
    if (does === 'signs in' || account === 'proved') return { sub, email, ...made };
    const { client } = await new Make(this.test).signedIn();
    return { sub, email, client };
  }

  private async attachAs(
    identity: Decision['identity'],
    userId: string | undefined,
    sub: string,
  ): Promise<void> {
    if (identity === "nobody's") return;
    const isOwn = identity === "of this account's" && userId !== undefined;
    await this.attach(isOwn ? userId : (await new Make(this.test).user()).user.id, sub);
  }

  private async account(
    state: Decision['account'],
    email: string,
  ): Promise<{ userId: string | undefined; client: Client | undefined }> {
    if (state === 'nobody') return { userId: undefined, client: undefined };
    const now = this.test.clock.now();
    const given = {
      registered: { emailVerifiedAt: null },
      invited: { emailVerifiedAt: null, invitedAt: now, passwordHash: null },
      proved: {},
      'proved, with a second factor': {},
      'switched off': { isActive: false },
      'closed by its owner': { isActive: false, leftAt: now },
    }[state];
    const make = new Make(this.test);
    const { user, password } = await make.user({ email, ...given });
    if (state === 'proved, with a second factor') await withAuthenticator(this.test, user.id);
    // Whoever registered another's address may have come by a provider of her own since.
    if (state === 'registered') await this.attach(user.id, randomBytes(8).toString('hex'));
    const { body } = await make.client.login(email, password);
    return { userId: user.id, client: make.client.as(body.accessToken) };
  }

  private async attach(userId: string, subject: string): Promise<void> {
    await this.test.database.getRepository(SocialAccount).insert({
      id: uuidv7(),
      userId,
      provider: 'acme',
      issuer: this.provider.issuer,
      subject,
      email: null,
      createdAt: this.test.clock.now(),
      lastUsedAt: null,
    });
  }

  private async link({ sub, client }: Before): Promise<Landed> {
    const { body, headers } = await client!.post<{ url: string }>(
      '/v1/users/me/social-accounts/acme/authorize',
      { redirectTo: '/docs' },
    );
    const [cookie = ''] = [headers['set-cookie']].flat();
    return this.#visits.comeBack(await signInAt(body.url, sub), cookie.split(';')[0] ?? '');
  }

  private async facts({ sub, email, client }: Before): Promise<Facts> {
    const [user] = await this.test.database.query<
      { id: string; proved: boolean; password: boolean }[]
    >(
      `SELECT id, email_verified_at IS NOT NULL AS proved, password_hash IS NOT NULL AS password
         FROM users WHERE email_canonical = $1`,
      [email],
    );
    const identities = await this.test.database.getRepository(SocialAccount).find();
    const signedIn = client !== undefined && (await client.me()).status === 200;
    return {
      account: user?.id,
      proved: user?.proved ?? false,
      password: user?.password ?? false,
      signedIn,
      others: identities.filter((each) => each.userId === user?.id && each.subject !== sub).length,
      owner: identities.find(({ subject }) => subject === sub)?.userId,
    };
  }

  /** What the page learns that the browser is sent to. A session is always that of whose the identity is. */
  private async seen({ status, location, session }: Landed, { owner }: Facts): Promise<string> {
    if (status !== 302) return String(status);
    const { search, hash } = new URL(location);
    if (hash.includes('status=two_factor_required')) return 'challenge';
    if (session === undefined) return search.slice(1);
    expect((await this.#visits.whoIs(session)).id).toBe(owner);
    return 'session';
  }
}

const CLAIMS: Readonly<Record<Decision['address'], Claims>> = {
  none: {},
  unverified: { email_verified: false },
  verified: { email_verified: true },
  'of a vouched domain': {},
};

/** What is another afterwards, in words. */
function changes(before: Facts, after: Facts): string {
  const told = [...changesOfAccount(before, after), ...linking(before, after)].join(', ');
  return told === '' ? 'nothing changes' : told;
}

function* changesOfAccount(before: Facts, after: Facts): Iterable<string> {
  if (before.account !== after.account) yield 'new account';
  if (!before.proved && after.proved) yield 'address proved';
  if (before.password && !after.password) yield 'password gone';
  if (before.signedIn && !after.signedIn) yield 'sessions over';
}

function* linking(before: Facts, { owner, account, others }: Facts): Iterable<string> {
  if (before.others > others) yield 'other identities gone';
  if (before.owner === owner) return;
  yield owner === account ? 'identity linked' : 'identity linked to who is signed in';
}
