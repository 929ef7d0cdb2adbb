import type { InjectOptions, Response } from 'light-my-request';
import type { Problem } from '../../src/common/problem.js';
import type { LoginResultDto } from '../../src/login/login.dto.js';
import type { TestApp } from './test-app.js';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Response['headers'];
  readonly text: string;
  readonly body: T;
}

type Body = Readonly<Record<string, unknown>>;

/** Somebody who calls the API. */
export class Client {
  constructor(
    private readonly test: TestApp,
    private readonly token?: string,
    private readonly key?: string,
  ) {}

  as(token: string): Client {
    return new Client(this.test, token);
  }

  /** A server that calls with an API key. */
  withKey(key: string): Client {
    return new Client(this.test, undefined, key);
  }

  get<T = unknown>(url: string): Promise<Answer<T>> {
    return this.send<T>({ method: 'GET', url });
  }

  post<T = unknown>(url: string, payload?: unknown): Promise<Answer<T>> {
    return this.json<T>('POST', url, payload);
  }

  patch<T = unknown>(url: string, payload?: unknown): Promise<Answer<T>> {
    return this.json<T>('PATCH', url, payload);
  }

  /** Sends what it is given, header by header. */
  async send<T = unknown>(options: InjectOptions): Promise<Answer<T>> {
    const shown = {
      ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
      ...(this.key !== undefined && { 'x-api-key': this.key }),
    };
    const response = await this.test.app.inject({
      ...options,
      headers: { ...shown, ...options.headers },
    });
    const type = String(response.headers['content-type'] ?? '');
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      body: (type.includes('json') && response.payload ? response.json() : undefined) as T,
    };
  }

  private json<T>(method: 'POST' | 'PATCH', url: string, payload: unknown): Promise<Answer<T>> {
    if (payload === undefined) return this.send<T>({ method, url });
    const headers = { 'content-type': 'application/json' };
    return this.send<T>({ method, url, headers, payload: JSON.stringify(payload) });
  }

  register(email: string, password: string, more: Body = {}): Promise<Answer<Problem>> {
    return this.post('/v1/auth/register', { email, password, ...more });
  }

  verify(token: string): Promise<Answer<Problem>> {
    return this.post('/v1/auth/email/verify', { token });
  }

  login(
    email: string,
    password: string,
  ): Promise<Answer<Required<LoginResultDto> & Omit<Problem, 'status'>>> {
    return this.post('/v1/auth/login', { email, password });
  }

  forgot(email: unknown): Promise<Answer<Problem>> {
    return this.post('/v1/auth/password/forgot', { email });
  }

  checkReset(token: unknown): Promise<Answer<Problem>> {
    return this.post('/v1/auth/password/reset/check', { token });
  }

  reset(token: unknown, newPassword: unknown): Promise<Answer<Problem>> {
    return this.post('/v1/auth/password/reset', { token, newPassword });
  }

  me(): Promise<Answer> {
    return this.get('/v1/users/me');
  }
}
