import type { ExportedTable } from './account/leaving/exported-table.js';

/**
 * What `GET /v1/users/me/export` tells a user of what is held about her, besides her profile. A team adds the
 * tables of its own modules here; a test fails while one that refers to `users` is missing, or a column of it is
 * neither told nor withheld.
 */
export const exportedTables: readonly ExportedTable[] = [
  {
    name: 'sessions',
    table: 'sessions',
    owner: 'user_id',
    columns: [
      'id',
      'methods',
      'authenticated_at',
      'created_at',
      'last_seen_at',
      'expires_at',
      'ip',
      'user_agent',
      'device_name',
      'transport',
      'refreshed_at',
      'data',
    ],
    withheld: ['secret_hash', 'refresh_hash', 'refresh_previous_hash', 'refresh_salt'],
  },
  {
    name: 'knownDevices',
    table: 'known_devices',
    owner: 'user_id',
    columns: ['id', 'created_at', 'last_used_at'],
    withheld: ['secret_hash'],
  },
  {
    name: 'pendingLinks',
    table: 'one_time_tokens',
    owner: 'user_id',
    columns: ['id', 'purpose', 'email', 'about', 'expires_at', 'code_expires_at'],
    withheld: [
      'secret_hash',
      'code_mac',
      'code_tries',
      'earlier_tries',
      'tries_since',
      'resent',
      'resent_since',
    ],
  },
  {
    name: 'groups',
    table: 'group_members',
    key: 'group_id',
    owner: 'user_id',
    columns: ['group_id', 'created_at', 'expires_at'],
    withheld: [],
  },
  {
    name: 'permissions',
    table: 'user_permissions',
    key: 'permission_id',
    owner: 'user_id',
    columns: ['permission_id', 'created_at', 'expires_at'],
    withheld: [],
  },
  {
    name: 'objectPermissions',
    table: 'object_permissions',
    owner: 'user_id',
    columns: ['id', 'permission_id', 'object_id', 'created_at', 'expires_at'],
    withheld: ['group_id'],
  },
  {
    name: 'reviews',
    table: 'catalog_reviews',
    owner: 'author_id',
    columns: ['id', 'product_id', 'rating', 'body', 'created_at', 'updated_at'],
    withheld: [],
  },
  {
    name: 'securityEvents',
    table: 'audit_events',
    owner: 'subject_id',
    columns: [
      'id',
      'occurred_at',
      'action',
      'outcome',
      'request_id',
      'count',
      'ip',
      'user_agent',
      'details',
    ],
    ofActor: { actor: 'actor_id', columns: ['ip', 'user_agent'] },
    withheld: ['actor_id', 'salt', 'commitment', 'mac', 'sequence', 'hash'],
  },
];
