import { redirectTarget } from '../../../src/social/redirect-target.js';

const allowed = {
  publicUrl: 'https://good.com',
  origins: ['https://app.good.com'],
  exact: ['com.good.app:/signed-in'],
};
const target = (text: string) => redirectTarget(text, allowed);

describe('Where people may be sent back to', () => {
  // Django 5.2, url_has_allowed_host_and_scheme with require_https; what it cuts first is refused here
  test.each([
    ['/a', 'https://good.com/a'],
    ['/a//b', 'https://good.com/a//b'],
    ['/a?x=1#y', 'https://good.com/a?x=1#y'],
    ['https://good.com/x', 'https://good.com/x'],
    ['https://app.good.com/x', 'https://app.good.com/x'],
    ['com.good.app:/signed-in', 'com.good.app:/signed-in'],
  ])('%s', (text, whole) => {
    expect(target(text)).toBe(whole);
  });

  test.each([
    '',
    '?x=1',
    ' /a',
    '//good.com',
    '//evil.com',
    '///evil.com',
    '////evil.com',
    '/\\evil.com',
    '\\\\evil.com',
    '\\/evil.com',
    '/%09/evil.com'.replace('%09', '\t'),
    '/\n/evil.com',
    '\u0008//evil.com',
    'http:///evil.com',
    'http:evil.com',
    'https:evil.com',
    'https:good.com',
    'https:/good.com',
    'http://good.com',
    'https://evil.com',
    'https://good.com@evil.com',
    'https://good.com:pass@evil.com',
    'https://user@good.com',
    'https://good.com.evil.com',
    'https://good.com:444/',
    'https://sub.app.good.com/',
    'https://app.good.com\u3002evil.com',
    'javascript:alert(1)',
    'data:text/html,x',
    'com.good.app:/signed-in/else',
    'com.good.app:/signed-in?x',
    'com.evil.app:/signed-in',
    `/${'a'.repeat(8192)}`,
  ])('never %j', (text) => {
    expect(target(text)).toBeUndefined();
  });
});
