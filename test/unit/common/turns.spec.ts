import Fastify from 'fastify';
import { LIGHT, takeTurns } from '../../../src/common/http/turns.js';

describe('A burst of changes', () => {
  /** Who was begun, in the order of beginning, when all arrived at the same moment. */
  const beginningsOf = async (...arrivals: (readonly ['GET' | 'POST', string])[]) => {
    const server = Fastify();
    const begun: string[] = [];
    takeTurns(server);
    server.post('/light/:name', { config: LIGHT }, (request) => {
      begun.push((request.params as { name: string }).name);
      return {};
    });
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

  it('lets whoever only reads go before all of it but its first', async () => {
    const begun = await beginningsOf(...changes, ['GET', 'reading']);
    expect(begun.indexOf('reading')).toBeLessThanOrEqual(1);
  });

  it('is carried out whole, in the order in which it came', async () => {
    const begun = await beginningsOf(...changes);
    expect(begun.map((name) => encodeURIComponent(name))).toEqual(names);
  });

  it('that cost little lets eight go before whoever only reads, and keeps its place among the others', async () => {
    const light = Array.from({ length: 20 }, (_, i) => ['POST', `light/${String(i)}`] as const);
    const begun = await beginningsOf(
      ...light,
      ['POST', 'heavy'],
      ['GET', 'reading'],
      ['POST', 'light/20'],
    );
    expect(begun.indexOf('reading')).toBe(8);
    expect(begun.filter((name) => name !== 'reading')).toEqual([
      ...Array.from({ length: 20 }, (_, i) => String(i)),
      'heavy',
      '20',
    ]);
  });

  it('of one is none: it begins before whoever comes after it', async () => {
    expect(await beginningsOf(['POST', 'one'], ['GET', 'two'])).toEqual(['one', 'two']);
  });
});
