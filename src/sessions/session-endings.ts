/** What of a user's sessions an event ends. */
export type Ends = 'this' | 'others' | 'all' | 'none';

/**
 * Event → what it ends (ASVS 7.4.1 to 7.4.3). "This": the session that it happens in or that it names;
 * "others": all but that one, whose secret is renewed. The one place to look up and to change it.
 */
export const sessionEndings = {
  logout: 'this',
  logout_everywhere: 'all',
  device_ended: 'this',
  other_devices_ended: 'others',
  refresh_token_reused: 'this',
  password_changed: 'others',
  password_reset: 'all',
  password_upgraded: 'none', // the same password under a stronger hash
  email_changed: 'others',
  email_change_undone: 'all', // whoever changed it is signed in, too
  second_factor_changed: 'others',
  user_deactivated: 'all', // the database does it, too, whoever deactivates
  user_deleted: 'all',
  ended_by_administrator: 'all',
  one_ended_by_administrator: 'this',
  password_set_by_administrator: 'all',
} as const satisfies Record<string, Ends>;

export type SessionEvent = keyof typeof sessionEndings;
