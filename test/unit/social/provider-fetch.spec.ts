import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { providerFetch } from '../../../src/social/providers/provider-fetch.js';

describe('Asking a provider', () => {
  let server: Server;
  let answer: RequestListener;
  let hits = 0;
  let port = 0;
  const at = (path = '/') => `http://127.0.0.1:${port}${path}`;
  const fetch = providerFetch(true);

  beforeAll(async () => {
    server = createServer((request, response) => {
      hits++;
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => {
    hits = 0;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('gives what it said', async () => {
    answer = (request, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ method: request.method, asked: request.headers['x-a'] }));
    };
    const told = await fetch(at(), { method: 'POST', headers: { 'x-a': 'b' }, body: 'c=d' });
    expect({ status: told.status, body: await told.json() }).toEqual({
      status: 201,
      body: { method: 'POST', asked: 'b' },
    });
  });

  it('follows nobody', async () => {
    answer = (_, response) => response.writeHead(302, { location: at('/inner') }).end();
    expect((await fetch(at(), {})).status).toBe(302);
    expect(hits).toBe(1);
  });

  it('takes 256 KiB and no byte more', async () => {
    answer = ({ url }, response) => response.end('a'.repeat(Number(url?.slice(1))));
    expect(await (await fetch(at(`/${256 * 1024}`), {})).text()).toHaveLength(256 * 1024);
    await expect(fetch(at(`/${256 * 1024 + 1}`), {})).rejects.toThrow('no answer');
  });

  it('stops one that never ends', async () => {
    let sent = 0;
    answer = (_, response) => {
      const more = setInterval(() => {
        sent += 65_536;
        response.write(Buffer.alloc(65_536));
      }, 1);
      response.on('close', () => {
        clearInterval(more);
      });
    };
    await expect(fetch(at(), {})).rejects.toThrow('no answer');
    expect(sent).toBeLessThan(10_000_000);
  });

  it('asks for nothing packed, and unpacks nothing', async () => {
    const packed = gzipSync(Buffer.alloc(20_000_000));
    answer = ({ headers }, response) => {
      response.writeHead(200, {
        'content-encoding': 'gzip',
        'x-asked': headers['accept-encoding'],
      });
      response.end(packed);
    };
    const told = await fetch(at(), {});
    expect(told.headers.get('x-asked')).toBe('identity');
    expect(Buffer.from(await told.arrayBuffer())).toHaveLength(packed.length);
  });

  it.each([
    ['says nothing', () => undefined],
    [
      'begins and goes silent',
      (response: { write(text: string): unknown }) => void response.write('{'),
    ],
  ])('gives up on one that %s after five seconds', async (_, begin) => {
    answer = (__, response) => {
      begin(response);
    };
    const start = performance.now();
    await expect(fetch(at(), {})).rejects.toThrow();
    expect(performance.now() - start).toBeGreaterThan(4900);
    expect(performance.now() - start).toBeLessThan(7000);
  });

  it('gives up sooner when it is told to', async () => {
    answer = () => undefined;
    await expect(fetch(at(), { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  });

  it('survives one that hangs up', async () => {
    answer = (request) => request.socket.destroy();
    await expect(fetch(at(), {})).rejects.toThrow();
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fe80::1]/',
  ])('goes to %s for nobody', async (url) => {
    await expect(fetch(url, {})).rejects.toThrow('no place of a provider');
  });

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
    'goes to this machine (%s) by the word of the operator alone',
    async (host) => {
      answer = (_, response) => response.end();
      const url = `http://${host}:${port}/`;
      await expect(providerFetch(false)(url, {})).rejects.toThrow('no place of a provider');
      expect(hits).toBe(0);
      if (host !== '[::ffff:127.0.0.1]') expect((await fetch(url, {})).status).toBe(200);
    },
  );
});
