import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { OpaqueToken } from '../../common/opaque-token.js';
import { Settings } from '../../config/settings.js';
import type { SessionTransport } from '../../sessions/session.entity.js';
import type { User } from '../../users/user.entity.js';
import type { Ties } from '../providers/social-provider.js';
import { SocialFlow } from './social-flow.entity.js';

const PREFIX = 'gho';
/** Seconds that there are for the way to a provider and back. */
export const FLOW_TTL = 600;

/** Who links an account to her own: in which session, and with which credentials. */
export interface LinkOwner extends Pick<User, 'id' | 'credentialsChangedAt'> {
  readonly sessionId: string;
}

/** How somebody begins. */
export interface Beginning {
  readonly provider: string;
  /** Whole, and allowed. */
  readonly redirectTo: string;
  readonly transport: SessionTransport;
  readonly codeChallenge?: string | undefined;
  /** Absent: somebody signs in. */
  readonly owner?: LinkOwner;
}

/** A way that was begun, once it is taken up again. */
export interface BegunFlow extends Beginning {
  readonly ties: Ties;
}

interface Row {
  readonly redirect_to: string;
  readonly transport: SessionTransport;
  readonly code_challenge: string | null;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly credentials_changed_at: Date | null;
}

/** Ways to providers and back. The only place that queries `social_flows`. */
@Injectable()
export class FlowsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Where the provider says that the browser is to go; a provider that is away leaves nothing behind.
   *
   * @param browser what its cookie holds
   */
  async begin(
    beginning: Beginning,
    browser: OpaqueToken,
    urlOf: (ties: Ties) => Promise<string>,
  ): Promise<string> {
    const state = OpaqueToken.issue(PREFIX);
    const url = await urlOf(this.tiesOf(beginning.provider, state, browser));
    const { provider, redirectTo, transport, codeChallenge, owner } = beginning;
    await this.dataSource.manager.insert(SocialFlow, {
      id: state.id,
      stateHash: state.hash,
      browserHash: browser.hash,
      provider,
      redirectTo,
      transport,
      codeChallenge: codeChallenge ?? null,
      userId: owner?.id ?? null,
      sessionId: owner?.sessionId ?? null,
      credentialsChangedAt: owner?.credentialsChangedAt ?? null,
      expiresAt: this.clock.in(FLOW_TTL),
    });
    return url;
  }

  /** Once, in the browser that began. Undefined: there is no such way, or none any more. */
  async take(
    provider: string,
    stateText: string,
    browser: OpaqueToken,
  ): Promise<BegunFlow | undefined> {
    const state = OpaqueToken.parse(PREFIX, stateText);
    if (state === undefined) return undefined;
    // Index: social_flows_pkey
    const [rows] = await this.dataSource.query<[Row[], number]>(
      `DELETE FROM social_flows
        WHERE id = $1 AND state_hash = $2 AND browser_hash = $3 AND provider = $4 AND expires_at > $5
        RETURNING redirect_to, transport, code_challenge, user_id, session_id, credentials_changed_at`,
      [state.id, state.hash, browser.hash, provider, this.clock.now()],
    );
    const [row] = rows;
    return row && { ...flowOf(provider, row), ties: this.tiesOf(provider, state, browser) };
  }

  /** What the provider is never told before it has to be is worked out of what only the browser has. */
  private tiesOf(provider: string, state: OpaqueToken, browser: OpaqueToken): Ties {
    const salt = Buffer.from(state.id);
    return {
      state: state.reveal(),
      nonce: browser.derive('nonce', salt).toString('base64url'),
      codeVerifier: browser.derive('pkce', salt).toString('base64url'),
      callbackUrl: `${this.settings.publicUrl}/v1/auth/social/${provider}/callback`,
    };
  }
}

const flowOf = (provider: string, row: Row): Beginning => {
  const owner = ownerOf(row);
  return {
    provider,
    redirectTo: row.redirect_to,
    transport: row.transport,
    ...(row.code_challenge !== null && { codeChallenge: row.code_challenge }),
    ...(owner && { owner }),
  };
};

function ownerOf(row: Row): LinkOwner | undefined {
  const { user_id: id, session_id: sessionId, credentials_changed_at: credentialsChangedAt } = row;
  if (id === null || sessionId === null || credentialsChangedAt === null) return undefined;
  return { id, sessionId, credentialsChangedAt };
}
