/**
 * What the log book knows. The words are a contract: they are added, never renamed. Each goes with an
 * outcome, so a failed sign-in is `sign_in` that failed.
 */
export const AUDIT_ACTIONS = [
  // becoming somebody, and being it no longer
  'sign_in',
  'sign_out',
  'sign_out_everywhere',
  'session_ended',
  'other_sessions_ended',
  'reauthentication',
  'refresh_token_reused',
  'too_many_attempts',
  'sign_ins_fail_often',
  // the account
  'registration',
  'email_verified',
  'email_change_requested',
  'email_change_cancelled',
  'email_changed',
  'email_change_undone',
  'email_denied',
  'account_deactivated',
  'account_reactivated',
  'deletion_requested',
  'deletion_undone',
  'account_deleted',
  'data_exported',
  'user_created',
  'user_changed',
  'sessions_ended',
  // credentials
  'password_reset_requested',
  'password_reset',
  'password_changed',
  'password_set',
  'second_factor_added',
  'second_factor_removed',
  'recovery_codes_made',
  'recovery_code_used',
  'device_trusted',
  'device_distrusted',
  'passkey_counter_went_back',
  // rights
  'superuser_created',
  'permission_given',
  'permission_taken',
  'permission_changed',
  'group_created',
  'group_changed',
  'group_deleted',
  'member_added',
  'member_removed',
  'group_included',
  'group_excluded',
  'object_permission_granted',
  'object_permission_revoked',
  'stale_permission_removed',
  'access_denied',
  // the house
  'signing_key_rotated',
  'personal_data_erased',
  'audit_events_retired',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
