import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isDefined } from '../access/permission-name.js';
import { type Scope, Scopes } from '../access/scopes.js';
import { PreparedStatement } from '../database/prepared.js';
import { AllowedAddresses } from './allowed-addresses.js';
import type { ApiKeyFact } from './api-key-fact.js';

interface KeyRow {
  readonly id: string;
  readonly user_id: string;
  readonly secret_mac: Buffer;
  readonly pepper_id: string;
  readonly is_scoped: boolean;
  readonly scopes: readonly (readonly [permission: string, objectId: string | null])[];
  readonly allowed_ips: readonly string[];
  readonly rate_limit: number | null;
  readonly rate_window: number | null;
  readonly starts_at: Date | null;
  readonly expires_at: Date;
  readonly retires_at: Date | null;
  readonly retired_at: Date | null;
  readonly is_off: boolean;
}

// Indexes: api_keys_pkey, api_key_scopes_everywhere_key and _object_key, permissions_pkey, api_keys_rotated_from_key
const byId = new PreparedStatement<KeyRow>(
  'api-keys.by-id',
  `SELECT k.id, k.user_id, k.secret_mac, k.pepper_id, k.is_scoped, k.allowed_ips, k.rate_limit, k.rate_window,
          k.starts_at, k.expires_at, k.retires_at,
          CASE WHEN k.retires_at IS NOT NULL THEN (SELECT created_at FROM api_keys WHERE rotated_from = k.id) END
            AS retired_at,
          k.revoked_at IS NOT NULL OR k.disabled_at IS NOT NULL AS is_off,
          CASE WHEN k.is_scoped THEN (
            SELECT COALESCE(jsonb_agg(jsonb_build_array(p.name, s.object_id)), '[]')
              FROM api_key_scopes s JOIN permissions p ON p.id = s.permission_id WHERE s.key_id = k.id) END AS scopes
     FROM api_keys k WHERE k.id = $1`,
);

/** Reads keys as the tables have them, by one indexed statement. */
@Injectable()
export class ApiKeyReaderService {
  constructor(private readonly dataSource: DataSource) {}

  /** Undefined: there is none. One that opens nothing is read like any other. */
  async read(id: string): Promise<ApiKeyFact | undefined> {
    const [row] = await byId.run(this.dataSource.manager, [id]);
    return row && factOf(row);
  }
}

const factOf = (row: KeyRow): ApiKeyFact => ({
  id: row.id,
  userId: row.user_id,
  mac: row.secret_mac.toString('latin1'),
  pepperId: row.pepper_id,
  isOff: row.is_off,
  startsAt: row.starts_at?.getTime() ?? 0,
  endsAt: (row.retires_at ?? row.expires_at).getTime(),
  ...retirementOf(row),
  ...narrowing(row),
});

const retirementOf = ({ retires_at: until, retired_at: since }: KeyRow) =>
  until && { retiring: { since: since ?? until, until } };

const narrowing = ({
  is_scoped: isScoped,
  scopes,
  allowed_ips: allowedIps,
  rate_limit: limit,
  rate_window: window,
}: KeyRow) => ({
  ...(isScoped && { scopes: new Scopes(scopes.flatMap(scopeOf)) }),
  ...(allowedIps.length > 0 && { allowed: new AllowedAddresses(allowedIps) }),
  ...(limit !== null && window !== null && { quota: { name: 'api-key', limit, window } }),
});

/** A permission that no code defines any more gives nothing. */
const scopeOf = ([permission, objectId]: KeyRow['scopes'][number]): Scope[] =>
  isDefined(permission) ? [{ permission, ...(objectId !== null && { objectId }) }] : [];
