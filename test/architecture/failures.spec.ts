import { knownFailures } from '../../src/common/failure.js';
import '../../src/app.module.js';

describe('The failures', () => {
  it('have codes in snake_case and statuses of failures', () => {
    for (const { code, status } of knownFailures()) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).not.toBe(422);
    }
  });

  it('are these; a code is never renamed', () => {
    expect(
      knownFailures().map(({ code, status }) => `${String(status)} ${code}`),
    ).toMatchSnapshot();
  });
});
