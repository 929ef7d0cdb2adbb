import { type Evidence, judge } from '../../../src/database/embedded/server-state.js';

const file = { pid: 7, socketDirectory: '/data', status: 'ready' };
const owner = { pid: 5, started: 'boot:1' };

describe('the state of the embedded server', () => {
  const cases: [string, Evidence, string][] = [
    ['nothing is recorded', { file: undefined, serves: false, owner: undefined }, 'down'],
    ['the recorded pid is dead or another program', { file, serves: false, owner }, 'down'],
    ['it runs and its owner lives', { file, serves: true, owner }, 'served'],
    ['it runs and its owner is dead', { file, serves: true, owner: undefined }, 'orphaned'],
    [
      'its owner brings it up',
      { file: { ...file, status: 'starting' }, serves: true, owner },
      'changing',
    ],
    [
      'its owner died while bringing it up',
      { file: { ...file, status: '' }, serves: true, owner: undefined },
      'orphaned',
    ],
    [
      'it goes down',
      { file: { ...file, status: 'stopping' }, serves: true, owner: undefined },
      'changing',
    ],
  ];

  it.each(cases)('%s', (_name, evidence, kind) => {
    expect(judge(evidence).kind).toBe(kind);
  });
});
