import fc from 'fast-check';
import { codeOf, matchingStep, newTotpSecret, stepAt } from '../../../src/two-factor/totp/totp.js';

/** RFC 6238, appendix B: the last six of its eight digits. */
const SECRET = Buffer.from('12345678901234567890');
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

describe('Codes of authenticator apps', () => {
  it.each(VECTORS)('are those of RFC 6238 at %d seconds', (seconds, code) => {
    const step = stepAt(seconds * 1000);
    expect(codeOf(SECRET, step)).toBe(code);
    const now = seconds * 1000;
    expect(matchingStep(SECRET, code, { now, after: 0 })).toBe(step);
    expect(matchingStep(SECRET, code, { now: now + 30_000, after: 0 })).toBe(step);
  });

  it.each([-2, 1, 2, 10])('G17 of %d steps from now are refused', (distance) => {
    const now = 1_700_000_000_000;
    const code = codeOf(SECRET, stepAt(now) + distance);
    expect(matchingStep(SECRET, code, { now, after: 0 })).toBeUndefined();
  });

  it('of a step that was spent, or of one before it, are refused', () => {
    const now = 1_700_000_000_000;
    const step = stepAt(now);
    for (const shown of [step, step - 1]) {
      expect(matchingStep(SECRET, codeOf(SECRET, shown), { now, after: step })).toBeUndefined();
    }
    expect(matchingStep(SECRET, codeOf(SECRET, step), { now, after: step - 1 })).toBe(step);
  });

  it('are six ASCII digits and nothing else', () => {
    const now = 59_000;
    const lookalikes = [' 287082', '287082 ', '+287082', '287082x', '28708', '0287082', '2870820'];
    for (const code of [...lookalikes, '２８７０８２', '287 082', '', '287082\n']) {
      expect(matchingStep(SECRET, code, { now, after: 0 })).toBeUndefined();
    }
  });

  it('match in the present step and the one before it alone', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.integer({ min: 10, max: 2_000_000_000 }),
        fc.integer({ min: -5, max: 5 }),
        (bytes, present, distance) => {
          const secret = Buffer.from(bytes);
          const code = codeOf(secret, present + distance);
          const found = matchingStep(secret, code, { now: present * 30_000, after: 0 });
          const valid = [present, present - 1].filter((step) => codeOf(secret, step) === code);
          expect(found).toBe(valid[0]);
        },
      ),
    );
  });

  it('have secrets of 160 random bits', () => {
    const secrets = Array.from({ length: 100 }, newTotpSecret);
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(100);
    for (const { length } of secrets) expect(length).toBe(20);
  });
});
