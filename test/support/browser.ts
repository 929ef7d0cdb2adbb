import type { LoginResultDto } from '../../src/login/login.dto.js';
import { type Answer, Client } from './client.js';
import type { MadeUser } from './make.js';
import type { TestApp } from './test-app.js';

type Headers = Readonly<Record<string, string>>;

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS' | 'PUT';
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Headers;
}

/** Keeps cookies as a browser does, and sends the CSRF token as its page does. */
export class Browser {
  readonly cookies = new Map<string, { readonly value: string; readonly path: string }>();

  constructor(private readonly test: TestApp) {}

  /** The value of a cookie; undefined: the browser has none. */
  cookie(name: string): string | undefined {
    return this.cookies.get(name)?.value;
  }

  plant(name: string, value: string, path = '/'): void {
    this.cookies.set(name, { value, path });
  }

  /** A call of a page that sends no CSRF token unless told so. */
  async send<T = unknown>({ method, url, body, headers = {} }: Call): Promise<Answer<T>> {
    const cookie = [...this.cookies]
      .filter(([, { path }]) => url.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const answer = await new Client(this.test).send<T>({
      method,
      url,
      headers: {
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    this.keep(answer);
    return answer;
  }

  get<T = unknown>(url: string): Promise<Answer<T>> {
    return this.send<T>({ method: 'GET', url });
  }

  post<T = unknown>(url: string, body?: unknown, headers: Headers = {}): Promise<Answer<T>> {
    return this.send<T>({ method: 'POST', url, body, headers: { ...this.csrf, ...headers } });
  }

  delete(url: string): Promise<Answer> {
    return this.send({ method: 'DELETE', url, headers: this.csrf });
  }

  me(): Promise<Answer> {
    return this.get('/v1/users/me');
  }

  /** The header that a page makes of the cookie. */
  get csrf(): Headers {
    const token = this.cookie('XSRF-TOKEN');
    return token === undefined ? {} : { 'x-xsrf-token': token };
  }

  async signIn(
    { email, password }: Pick<MadeUser, 'email' | 'password'>,
    more: object = { transport: 'cookie' },
  ): Promise<Answer<LoginResultDto>> {
    await this.get('/v1/auth/csrf');
    return this.post<LoginResultDto>('/v1/auth/login', { email, password, ...more });
  }

  private keep({ headers }: Answer): void {
    for (const line of linesOf(headers['set-cookie'])) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', value = ''] = pair.split('=');
      const path = attributes.find((each) => each.startsWith('Path='))?.slice(5);
      if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
      else this.plant(name, value, path);
    }
  }
}

const linesOf = (header: string | number | string[] | undefined): string[] =>
  header === undefined ? [] : [header].flat().map(String);
