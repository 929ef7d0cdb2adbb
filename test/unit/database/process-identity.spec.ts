import {
  identify,
  isAlive,
  parseProcStat,
  self,
} from '../../../src/database/embedded/process-identity.js';

const stat = (command: string, state: string): string =>
  `42 (${command}) ${state} 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 10 18446744073709551615`;

describe('the identity of a process', () => {
  it('is its number and when it was started', () => {
    expect(parseProcStat(stat('postgres', 'S'), 'boot')).toEqual({
      started: 'boot:987654',
      command: 'postgres',
    });
  });

  it('survives a command that looks like the rest of the line', () => {
    expect(parseProcStat(stat(') Z 1 (', 'S'), 'boot')?.command).toBe(') Z 1 (');
  });

  it.each(['Z', 'X'])('is nobody in state %s', (state) => {
    expect(parseProcStat(stat('postgres', state), 'boot')).toBeUndefined();
  });

  it('tells a process from a later one with the same number', () => {
    expect(isAlive(self())).toBe(true);
    expect(isAlive({ ...self(), started: 'before' })).toBe(false);
  });

  it.each([0, -1, NaN, 2 ** 31 - 1])('of %p is nobody', (pid) => {
    expect(identify(pid)).toBeUndefined();
  });
});
