import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

type StoreHeader = (this: ServerResponse, statusLine: string, headers: unknown) => void;

const { _storeHeader: storeHeader } = ServerResponse.prototype as unknown as {
  readonly _storeHeader?: StoreHeader;
};

/**
 * A response that can begin with header lines made beforehand. Node checks, joins and looks into each header
 * of each answer; these need none of that. It leans on an inner method of Node's: see `canPrepare`.
 */
export class PreparedResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  /** Whole lines, each with its line break; no header among them may be set in another way, too. */
  prepared = '';

  /** Called by Node once for each response, with the status line. */
  _storeHeader(statusLine: string, headers: unknown): void {
    storeHeader?.call(this, statusLine + this.prepared, headers);
  }
}

/** Whether this Node still sends what was prepared; found out by trying. */
export const canPrepare: boolean = (() => {
  const response = new PreparedResponse(new IncomingMessage(new Socket()));
  response.prepared = 'x-prepared: 1\r\n';
  response.writeHead(200, { 'x-other': '2' });
  const { _header: sent } = response as { readonly _header?: unknown };
  return (
    typeof sent === 'string' &&
    sent.startsWith('HTTP/1.1 200 OK\r\nx-prepared: 1\r\nx-other: 2\r\n')
  );
})();
