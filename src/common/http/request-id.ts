import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const SHAPE = /^[\w.-]{8,64}$/;

/**
 * Names each request: a random prefix for this process and a running number. A proxy in front may bring
 * its own in `X-Request-Id`; nobody else's word is taken for it.
 */
export function requestIds(
  trustProxy: boolean,
): (request: { headers: IncomingHttpHeaders }) => string {
  const prefix = randomBytes(6).toString('hex');
  let count = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    if (trustProxy && typeof given === 'string' && SHAPE.test(given)) return given;
    count += 1;
    return `${prefix}-${count.toString(36).padStart(4, '0')}`;
  };
}
