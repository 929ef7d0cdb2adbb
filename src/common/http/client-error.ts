import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FailureClass } from '../failure.js';
import { HeadersTooLarge, MalformedRequest, RequestTimeout } from '../failures.js';
import { PROBLEM_TYPE, toProblem } from '../problem.js';
import type { HeaderBlock } from './security-headers.js';

const BY_CODE: Readonly<Record<string, FailureClass>> = {
  HPE_HEADER_OVERFLOW: HeadersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: RequestTimeout,
};

/** Answers what Node could not even read as HTTP, in the same shape as every other failure. */
export function clientErrorHandler(publicUrl: string, headers: HeaderBlock) {
  const block = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const kind = BY_CODE[error.code ?? ''] ?? MalformedRequest;
    const body = JSON.stringify(toProblem(new kind(), publicUrl, 'none'));
    const { status } = kind.spec;
    socket.end(
      `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n` +
        `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n` +
        `${block.join('')}Connection: close\r\n\r\n${body}`,
    );
  };
}
