import Fastify from 'fastify';
import { takeTurns } from '../../../src/common/http/turns.js';

describe('A burst of changes', () => {
  /** Who was begun, in the order of beginning, when all arrived at the same moment. */
  const beginningsOf = async (...arrivals: (readonly ['GET' | 'POST', string])[]) => {
    const server = Fastify();
    const begun: string[] = [];
    takeTurns(server);
    server.all('/:name', (request) => {
      begun.push((request.params as { name: string }).name);
      return {};
    });
    await server.ready();
    await Promise.all(arrivals.map(([method, name]) => server.inject({ method, url: `/${name}` })));
    await server.close();
    return begun;
  };
  const changes = Array.from({ length: 20 }, (_, i) => ['POST', `change ${i}`] as const);
  const names = changes.map(([, name]) => encodeURIComponent(name));

  it('lets whoever only reads go before all of it but its first two', async () => {
    const begun = await beginningsOf(...changes, ['GET', 'reading']);
    expect(begun.indexOf('reading')).toBeLessThanOrEqual(2);
  });

  it('is carried out whole, in the order in which it came', async () => {
    const begun = await beginningsOf(...changes);
    expect(begun.map((name) => encodeURIComponent(name))).toEqual(names);
  });

  it('of two holds up nobody, and is not held up', async () => {
    expect(await beginningsOf(['POST', 'one'], ['POST', 'two'], ['GET', 'three'])).toEqual([
      'one',
      'two',
      'three',
    ]);
  });
});
