import type { ArgumentsHost } from '@nestjs/common';
import { throwError } from 'rxjs';
import type { Problem } from './problem.js';

/** A socket of `ws`, or of Socket.IO. */
interface Socket {
  readonly readyState?: number;
  send?(text: string): void;
  emit(event: string, data: unknown): void;
}

/**
 * Tells whoever sent a message that it failed, as the transport does it: a socket gets the event `exception` with
 * the problem and the name of the message, another service the problem as its error.
 */
export function answerMessage(host: ArgumentsHost, problem: Problem): unknown {
  if (host.getType() !== 'ws') return throwError(() => problem);
  const ws = host.switchToWs();
  const socket = ws.getClient<Socket>();
  const data = { ...problem, pattern: ws.getPattern() };
  // A socket of `ws` has `emit`, too, for its own listeners.
  if (typeof socket.readyState === 'number') {
    socket.send?.(JSON.stringify({ event: 'exception', data }));
  } else {
    socket.emit('exception', data);
  }
  return undefined;
}
