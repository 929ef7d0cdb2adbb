import { Make } from '../support/make.js';
import { RawHttp } from '../support/raw-http.js';
import { startTestApp } from '../support/test-app.js';

/** On a real connection most headers are lines made beforehand; `inject` takes the slow way. */
it.each([
  ['/health/live', {}],
  ['/v1/nothing', {}],
  ['/v1/users/me', {}],
  ['/docs', {}],
  ['/docs/openapi.json', {}],
  ['/verify-email', {}],
  ['/.well-known/jwks.json', {}],
  ['/health/live', { CORS_ORIGINS: 'https://app.example.com' }],
  ['/health/live', { PUBLIC_URL: 'https://auth.example.com' }],
])('The headers of %s (%p) are the same on the wire', async (url, environment) => {
  const test = await startTestApp({ environment });
  const http = await RawHttp.open(test);
  const wire = await http.ask(`GET ${url} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const injected = await new Make(test).client.get(url);
  const told = ({ headers }: Pick<typeof injected, 'headers'>) => {
    const { date, connection, 'x-request-id': id, 'content-length': length, ...rest } = headers;
    expect({ id: typeof id, date: typeof date }).toEqual({ id: 'string', date: 'string' });
    return { ...rest, connection: connection && 'any', length: length && 'any' };
  };
  expect({ ...told(wire as never), connection: 'any' }).toEqual({
    ...told(injected),
    connection: 'any',
  });
  await test.close();
});
