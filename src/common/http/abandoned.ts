import type { ServerResponse } from 'node:http';

/** Tells when the caller hung up before the answer was written. */
export function abandoned(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
