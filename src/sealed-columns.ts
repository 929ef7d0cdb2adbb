import type { SealedColumn } from './database/resealing.service.js';

/** Everything that is sealed under `SECRET_KEYS`. A team adds the sealed columns of its own modules here. */
export const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'signing_keys',
    key: 'kid',
    column: 'sealed_private_key',
    purpose: 'signing-key',
  },
  { table: 'mail_queue', key: 'id', column: 'payload', purpose: 'mail' },
  { table: 'totp_factors', key: 'user_id', column: 'sealed_secret', purpose: 'totp-secret' },
  {
    table: 'totp_enrollments',
    key: 'user_id',
    column: 'sealed_secret',
    purpose: 'totp-enrollment',
  },
  { table: 'audit_keys', key: 'id', column: 'sealed_key', purpose: 'audit-key' },
  {
    table: 'api_key_peppers',
    key: 'id',
    column: 'sealed_pepper',
    purpose: 'api-key-pepper',
  },
  {
    table: 'social_providers',
    key: 'id',
    column: 'sealed_client_secret',
    purpose: 'social-provider-secret',
  },
  {
    table: 'social_tokens',
    key: 'social_account_id',
    column: 'sealed_access_token',
    purpose: 'social-access-token',
  },
  {
    table: 'social_tokens',
    key: 'social_account_id',
    column: 'sealed_refresh_token',
    purpose: 'social-refresh-token',
  },
];
