import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { GuardedMessage, guardedRequest } from '../../../src/access/guarded-request.js';
import { bearerToken } from '../../../src/auth/credential.js';

const message = (type: string, ...args: unknown[]) => {
  const context = new ExecutionContextHost(args);
  context.setType(type);
  return context;
};
const socketIo = (auth: object, headers: Readonly<Record<string, string>> = {}) => ({
  request: { headers, rawHeaders: Object.entries(headers).flat() },
  handshake: { headers, auth },
});
const shown = (auth: object, headers = {}) =>
  bearerToken(guardedRequest(message('ws', socketIo(auth, headers), {}, 'say')));

describe('What the door judges', () => {
  it('is the request itself where there is one', () => {
    const request = {};
    expect(guardedRequest(message('http', request, {}))).toBe(request);
  });

  it('is the same for the same message, and never part of the message', () => {
    const context = message('ws', socketIo({}), { principal: 1 }, 'say');
    const first = guardedRequest(context);
    expect(first).toBeInstanceOf(GuardedMessage);
    expect(guardedRequest(context)).toBe(first);
    expect(first.principal).toBeUndefined();
    expect(context.switchToWs().getPattern()).toBe('say');
    expect(context.switchToWs().getData()).toEqual({ principal: 1 });
    const other = message('rpc', { principal: 1 }, 'its context');
    expect(guardedRequest(other).principal).toBeUndefined();
    expect(other.switchToRpc().getContext()).toBe('its context');
  });

  it('shows what a page put into the handshake of Socket.IO', () => {
    expect(shown({ token: 'abc' })).toBe('abc');
    expect(shown({}, { authorization: 'Bearer def' })).toBe('def');
    expect(shown({})).toBeUndefined();
  });

  it('shows no credential twice, and none that is no text', () => {
    expect(() => shown({ token: 'abc' }, { authorization: 'Bearer def' })).toThrow(
      'one credential',
    );
    for (const token of ['', 7, null, ['abc'], { token: 'abc' }]) {
      expect(() => shown({ token })).toThrow('credential');
    }
  });

  it('shows nothing in a transport that nobody knows', () => {
    expect(bearerToken(guardedRequest(message('graphql', { authorization: 'Bearer x' })))).toBe(
      undefined,
    );
  });
});
