import fc from 'fast-check';
import { cookieValues } from '../../../src/common/http/cookies.js';

describe('The cookies of a request', () => {
  const sessions = (cookie?: string) =>
    cookieValues(cookie === undefined ? {} : { cookie }, 'session');

  it('are found by their whole name', () => {
    expect(sessions('session=a')).toEqual(['a']);
    expect(sessions('theme=dark; session=a; lang=de')).toEqual(['a']);
    expect(sessions('theme=dark;session=a')).toEqual(['a']);
    expect(sessions('my-session=a')).toEqual([]);
    expect(sessions('sessions=a')).toEqual([]);
    expect(sessions('theme=session=a')).toEqual([]);
    expect(sessions('theme= session=a')).toEqual([]);
    expect(sessions(undefined)).toEqual([]);
  });

  it('are all shown, so that one that was planted is seen', () => {
    expect(sessions('session=a; session=b')).toEqual(['a', 'b']);
    expect(sessions('session=; my-session=x;  session=b ')).toEqual(['', 'b']);
  });

  it('are those between the semicolons, however they are written', () => {
    const part = fc.constantFrom('session', 'session=', '=', ' ', ';', 'a', '-', 'session=s;');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const expected = parts
          .join('')
          .split(';')
          .map((pair) => pair.replace(/^ +/, ''))
          .filter((pair) => pair.startsWith('session='))
          .map((pair) => pair.slice('session='.length).trimEnd());
        expect(sessions(parts.join(''))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
