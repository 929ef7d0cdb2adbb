import { statusOf } from '../../../src/api-keys/api-key-status.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const [PAST, FUTURE] = [-1, 1].map((ms) => new Date(NOW.getTime() + ms)) as [Date, Date];
const FRESH = {
  startsAt: null,
  expiresAt: FUTURE,
  retiresAt: null,
  disabledAt: null,
  revokedAt: null,
};

describe('What is said of a key', () => {
  it.each([
    ['active', {}],
    ['active', { startsAt: NOW }],
    ['not_yet_valid', { startsAt: FUTURE }],
    ['expired', { expiresAt: NOW }],
    ['retiring', { retiresAt: FUTURE }],
    ['expired', { retiresAt: NOW }],
    ['disabled', { disabledAt: PAST }],
    ['disabled', { disabledAt: PAST, startsAt: FUTURE }],
    ['disabled', { disabledAt: PAST, retiresAt: FUTURE }],
    ['expired', { disabledAt: PAST, expiresAt: PAST }],
    ['revoked', { revokedAt: PAST }],
    ['revoked', { revokedAt: PAST, disabledAt: PAST, expiresAt: PAST, retiresAt: PAST }],
  ])('%s: %j', (status, times) => {
    expect(statusOf({ ...FRESH, ...times }, NOW)).toBe(status);
  });
});
