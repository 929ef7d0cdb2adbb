// Node alone: nothing is logged, nobody is asked for, two headers. Nothing in JavaScript answers with fewer steps.
import { createServer } from 'node:http';
import { me, report } from './serve.mjs';

const server = createServer((request, response) => {
  const body = JSON.stringify(me);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
});
server.listen(Number(process.env.PORT), '127.0.0.1', () =>
  report(() => server.closeAllConnections(), [{ name: 'raw node:http', path: '/me', open: true }]),
);
