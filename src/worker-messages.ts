/** What a worker says once it answers requests. */
export interface Listening {
  readonly url: string;
}

/** What a worker is told when it is to serve the requests under way and end. */
export const STOP = 'stop';

export const isListening = (message: unknown): message is Listening =>
  typeof message === 'object' && message !== null && 'url' in message;
