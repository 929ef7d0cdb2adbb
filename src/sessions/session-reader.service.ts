import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Recent } from '../database/news/remembered.js';
import { PreparedStatement } from '../database/prepared.js';
import type { SessionFact } from './session-fact.js';
import { SharedSessionsService } from './shared-sessions.service.js';

interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly secret_hash: Buffer | null;
  readonly methods: string[];
  readonly authenticated_at: Date;
  readonly two_factor_at: Date | null;
  readonly enroll_by: Date | null;
  readonly expires_at: Date;
  readonly last_seen_at: Date;
  readonly read_at: Date;
}

// Index: sessions_pkey
const byId = new PreparedStatement<SessionRow>(
  'sessions.by-id',
  `SELECT id, user_id, secret_hash, methods, authenticated_at, two_factor_at, enroll_by, expires_at, last_seen_at,
          now() AS read_at
     FROM sessions WHERE id = $1`,
);

/** Reads a session: from the shared cache, if there is one, or else from the database, which is the truth. */
@Injectable()
export class SessionReaderService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly shared: SharedSessionsService,
  ) {}

  async read(id: string): Promise<Recent<SessionFact> | undefined> {
    const found = await this.shared.read(id);
    if (found !== undefined) return found;
    const [row] = await byId.run(this.dataSource.manager, [id]);
    if (row === undefined) return undefined;
    const fact = factOf(row);
    void this.shared.write(fact, row.read_at.getTime());
    return { fact };
  }
}

const factOf = (row: SessionRow): SessionFact => ({
  id: row.id,
  userId: row.user_id,
  ...(row.secret_hash && { secretHash: row.secret_hash.toString('latin1') }),
  methods: row.methods,
  authenticatedAt: row.authenticated_at,
  ...(row.two_factor_at && { twoFactorAt: row.two_factor_at }),
  ...(row.enroll_by && { enrollBy: row.enroll_by }),
  expiresAt: row.expires_at.getTime(),
  lastSeenAt: row.last_seen_at.getTime(),
});
