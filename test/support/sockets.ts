import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocket, type WebSocketServer } from 'ws';
import { rememberHandshake } from '../../src/access/guarded-request.js';
import type { Problem } from '../../src/common/problem.js';

/** As docs/your-own-module.md has it. */
export class RememberingAdapter extends WsAdapter {
  override bindClientConnect(
    server: WebSocketServer,
    connected: (socket: WebSocket) => void,
  ): void {
    server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
      rememberHandshake(socket, request);
      connected(socket);
    });
  }
}

export const withSockets = (app: NestFastifyApplication): void => {
  app.useWebSocketAdapter(new RememberingAdapter(app, {}));
};

export interface Said<T> {
  readonly event: string;
  readonly data: T & Problem;
}

/** A page, or a program, at the other end of a socket. */
export class TestSocket {
  private constructor(readonly socket: WebSocket) {}

  static async open(
    server: Server,
    headers: Readonly<Record<string, string>>,
  ): Promise<TestSocket> {
    const { port } = server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/v1/live`, { headers });
    await once(socket, 'open');
    return new TestSocket(socket);
  }

  /** The answer to this message. */
  async ask<T = unknown>(event: string, data?: unknown): Promise<Said<T>> {
    const answered = once(this.socket, 'message');
    this.say(event, data);
    const [answer] = (await answered) as [Buffer];
    return JSON.parse(answer.toString()) as Said<T>;
  }

  say(event: string, data?: unknown): void {
    this.socket.send(JSON.stringify({ event, data }));
  }

  close(): void {
    this.socket.terminate();
  }
}
