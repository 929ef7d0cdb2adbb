import {
  type Policy,
  type Situation,
  type Verdict,
  whoseIsIt,
} from '../../../src/social/whose-is-it.js';

const EMAILS = ['none', 'unverified', 'verified'] as const;
const ACCOUNTS = ['none', 'registered', 'invited', 'proved', 'inactive'] as const;
const POLICIES: readonly Policy[] = [true, false].flatMap((signup) =>
  (['reject', 'link'] as const).map((emailMatch) => ({ signup, emailMatch })),
);

const everySituation = EMAILS.flatMap((email) =>
  ACCOUNTS.map((account): Situation => ({ identity: 'unknown', email, account })),
);

describe('Whose account it is', () => {
  test('of a known identity is decided by nothing else', () => {
    for (const situation of everySituation) {
      for (const policy of POLICIES) {
        expect(whoseIsIt({ ...situation, identity: 'known' }, policy)).toBe('sign_in');
      }
    }
  });

  test('is told to nobody whose address the provider has not verified', () => {
    for (const policy of POLICIES) {
      for (const email of ['none', 'unverified'] as const) {
        const verdicts = ACCOUNTS.map((account) =>
          whoseIsIt({ identity: 'unknown', email, account }, policy),
        );
        expect(new Set(verdicts).size).toBe(1);
        expect(['email_required', 'email_unverified', 'signup_closed']).toContain(verdicts[0]);
      }
    }
  });

  test.each<[Situation['account'], boolean, Policy['emailMatch'], Verdict]>([
    ['none', true, 'reject', 'create'],
    ['none', true, 'link', 'create'],
    ['none', false, 'reject', 'signup_closed'],
    ['none', false, 'link', 'signup_closed'],
    ['registered', true, 'reject', 'take_over'],
    ['registered', true, 'link', 'take_over'],
    ['registered', false, 'reject', 'signup_closed'],
    ['registered', false, 'link', 'signup_closed'],
    ['invited', true, 'reject', 'account_exists'],
    ['invited', true, 'link', 'link'],
    ['invited', false, 'reject', 'account_exists'],
    ['invited', false, 'link', 'link'],
    ['proved', true, 'reject', 'account_exists'],
    ['proved', true, 'link', 'link'],
    ['proved', false, 'reject', 'account_exists'],
    ['proved', false, 'link', 'link'],
    ['inactive', true, 'reject', 'account_exists'],
    ['inactive', true, 'link', 'account_exists'],
    ['inactive', false, 'reject', 'account_exists'],
    ['inactive', false, 'link', 'account_exists'],
  ])(
    'of a verified address, account %s, sign-up %s, match %s: %s',
    (account, signup, emailMatch, verdict) => {
      const situation = { identity: 'unknown', email: 'verified', account } as const;
      expect(whoseIsIt(situation, { signup, emailMatch })).toBe(verdict);
    },
  );
});
