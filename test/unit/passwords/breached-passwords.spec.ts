import { Logger } from '@nestjs/common';
import { Clock } from '../../../src/common/clock.js';
import { BreachedRule } from '../../../src/passwords/breached.rule.js';
import { BreachCheckUnavailable } from '../../../src/passwords/passwords.errors.js';
import { RangeServer, sha1 } from './support/range-server.js';

class MovableClock extends Clock {
  time = Date.UTC(2026, 0, 1);
  override millis = () => this.time;
}

const PASSWORD = 'correct horse battery staple';
const PREFIX = sha1(PASSWORD).slice(0, 5);
const SUFFIX = sha1(PASSWORD).slice(5);
const STRANGER = '0'.repeat(35);

let server: RangeServer;
let clock: MovableClock;
let warn: jest.SpyInstance;
const rule = (strict: boolean) => new BreachedRule({ url: server.url, strict }, clock);

beforeEach(async () => {
  server = await new RangeServer().open();
  clock = new MovableClock();
  warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
});
afterEach(async () => {
  warn.mockRestore();
  await server.close();
});

describe.each([
  ['on', false],
  ['strict', true],
])('with the breach check %s', (_, strict) => {
  test('a breached password is refused', async () => {
    server.rows(`${STRANGER}:3`, `${SUFFIX}:42`);
    expect(await rule(strict).check(PASSWORD)).toEqual({
      code: 'password_breached',
      message: 'This password has appeared in a data breach. Choose another one.',
      params: { count: 42 },
    });
  });

  test('a password that is not among the rows passes', async () => {
    server.rows(`${STRANGER}:3`);
    expect(await rule(strict).check(PASSWORD)).toBeUndefined();
    expect(warn).not.toHaveBeenCalled();
  });

  test('a row that is only padding accuses nobody', async () => {
    server.rows(`${STRANGER}:3`, `${SUFFIX}:0`);
    expect(await rule(strict).check(PASSWORD)).toBeUndefined();
  });

  test('lower-case rows and a line break at the end are read as well', async () => {
    server.rows(`${SUFFIX.toLowerCase()}:1`, '');
    expect(await rule(strict).check(PASSWORD)).toBeDefined();
  });

  test('the service is told five characters of the hash, and asked to pad', async () => {
    server.rows(`${STRANGER}:3`);
    await rule(strict).check(PASSWORD);
    const [request] = server.asked;
    expect(request).toMatchObject({ method: 'GET', url: `/range/${PREFIX}` });
    expect(request?.headers).toMatchObject({ 'add-padding': 'true', 'user-agent': 'gatehouse' });
    expect(JSON.stringify(request?.rawHeaders)).not.toContain(SUFFIX);
  });
});

/** Each way in which the service can fail to answer. */
const FAILURES: Record<string, (service: RangeServer) => unknown> = {
  'refuses the connection': (service) => service.close(),
  fails: (service) => (service.answer = (_, response) => response.writeHead(500).end()),
  'knows no such address': (service) =>
    (service.answer = (_, response) => response.writeHead(404).end(`${SUFFIX}:1`)),
  'is silent': (service) => (service.answer = () => undefined),
  'begins its answer and stops': (service) =>
    (service.answer = (_, response) => response.write(`${STRANGER}:3\r\n`)),
  'hangs up': (service) => (service.answer = (request) => request.socket.destroy()),
  'answers with a page': (service) => {
    service.rows('<html>', 'Please sign in', '</html>');
  },
  'answers with rows and then a page': (service) => {
    service.rows(`${STRANGER}:3`, '<html>');
  },
  'answers with nothing': (service) => {
    service.rows('');
  },
  'answers without end': (service) =>
    (service.answer = (_, response) => {
      const more = () => response.write(`${STRANGER}:3\r\n`.repeat(2000), more);
      more();
    }),
  'sends elsewhere': (service) =>
    (service.answer = (request, response) => {
      if (request.url === '/elsewhere') response.end(`${STRANGER}:3`);
      else response.writeHead(302, { location: '/elsewhere' }).end();
    }),
};

describe.each(Object.entries(FAILURES))('when the service %s', (_, breakDown) => {
  test('the password passes, and one line is logged that tells nothing of it', async () => {
    const checked = rule(false);
    await breakDown(server);
    expect(await checked.check(PASSWORD)).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
    const line = JSON.stringify(warn.mock.calls);
    expect(line).toContain('without a breach check');
    expect(line).not.toContain(PREFIX);
    expect(line).not.toContain(SUFFIX);
    expect(line).not.toContain(PASSWORD);
  });

  test('the strict check fails the request, and says when to come again', async () => {
    const checked = rule(true);
    await breakDown(server);
    const failure = await checked.check(PASSWORD).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BreachCheckUnavailable);
    expect(failure).toMatchObject({ spec: { status: 503 }, retryAfter: 30 });
    const { message, cause } = failure as Error;
    expect(`${message} ${String(cause)}`).not.toContain(PREFIX);
  });
});

describe('a flood of passwords to judge', () => {
  test('reaches the service eight at a time, and past the line is refused', async () => {
    const checked = rule(false);
    const open: (() => void)[] = [];
    server.answer = (_, response) => {
      open.push(() => response.end(''));
    };
    const flood = Array.from({ length: 100 }, () =>
      checked.check(PASSWORD).then(
        () => 'judged',
        (error: unknown) => (error as Error).name,
      ),
    );
    while (open.length < 8) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(server.asked).toHaveLength(8);
    server.answer = (_, response) => response.end('');
    for (const answer of open) answer();
    const outcomes = await Promise.all(flood);
    expect(outcomes.filter((name) => name === 'judged')).toHaveLength(72);
    expect(outcomes.filter((name) => name === 'TooManyLookups')).toHaveLength(28);
  });
});

describe('after a failure', () => {
  const failing = () => {
    server.answer = (_, response) => response.writeHead(503).end();
  };

  test('the service is left in peace for half a minute, then asked again', async () => {
    const checked = rule(false);
    failing();
    for (let failures = 0; failures < 3; failures++) await checked.check(PASSWORD);
    server.rows(`${SUFFIX}:42`);
    clock.time += 29_999;
    expect(await checked.check(PASSWORD)).toBeUndefined();
    expect(server.asked).toHaveLength(3);
    expect(warn).toHaveBeenCalledTimes(3);
    clock.time += 1;
    expect(await checked.check(PASSWORD)).toBeDefined();
    expect(server.asked).toHaveLength(4);
  });

  test('one that was a single slip changes nothing', async () => {
    const checked = rule(false);
    failing();
    await checked.check(PASSWORD);
    server.rows(`${SUFFIX}:42`);
    expect(await checked.check(PASSWORD)).toBeDefined();
  });

  test('the strict check asks each time', async () => {
    const checked = rule(true);
    failing();
    await expect(checked.check(PASSWORD)).rejects.toThrow(BreachCheckUnavailable);
    server.rows(`${SUFFIX}:42`);
    expect(await checked.check(PASSWORD)).toBeDefined();
  });
});
