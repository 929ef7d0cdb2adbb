import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';
import { removeProgram, ServerProcess } from '../support/server-process.js';
import { TraceReceiver } from '../support/trace-receiver.js';

/** As it ends, a process says which packages of OpenTelemetry it has loaded. */
const CONFESSION = `process.on('exit', () => {
  const files = Object.keys(require.cache).join('\\n');
  const names = [...files.matchAll(/node_modules\\/(@opentelemetry\\/[^/]+)/g)].map(([, name]) => name);
  process.stdout.write('Loaded: ' + JSON.stringify([...new Set(names)].sort()) + '\\n');
});`;

describe('A server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-traces-'));
  let database: Awaited<ReturnType<typeof ownDatabase>>;

  beforeAll(async () => {
    writeFileSync(join(folder, 'confession.cjs'), CONFESSION);
    database = await ownDatabase('traced');
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
    removeProgram();
  });

  const launch = (environment: Readonly<Record<string, string>>) =>
    new ServerProcess({
      DATABASE_URL: database.url,
      DATA_DIR: join(folder, 'data'),
      NODE_OPTIONS: `--require ${join(folder, 'confession.cjs')}`,
      LOG_FORMAT: 'json',
      ...environment,
    });
  const loadedBy = ({ output }: ServerProcess): string[] =>
    JSON.parse(/Loaded: (.*)/.exec(output)?.[1] ?? 'null') as string[];
  /** Milliseconds until it has ended by itself. */
  const endOf = async (server: ServerProcess): Promise<number> => {
    const begun = performance.now();
    server.signal('SIGTERM');
    expect(await server.ended()).toBe(0);
    return performance.now() - begun;
  };

  it('loads nothing of OpenTelemetry without traces, and writes no trace id', async () => {
    const server = launch({ OTEL_SERVICE_NAME: 'named, but not told where to' });
    await fetch(`${await server.address()}/health/ready`);
    await endOf(server);
    // prom-client brings the interface, which does nothing by itself.
    expect(loadedBy(server)).toEqual(['@opentelemetry/api']);
    expect(server.output).toContain('"msg":"request"');
    expect(server.output).not.toContain('traceId');
  });

  it('is off again with OTEL_SDK_DISABLED', async () => {
    const server = launch({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_SDK_DISABLED: 'true',
    });
    await server.address();
    await endOf(server);
    expect(loadedBy(server)).toEqual(['@opentelemetry/api']);
  });

  it('delivers what is left as it ends, in protobuf, with the headers it was told', async () => {
    const receiver = new TraceReceiver();
    const server = launch({
      OTEL_EXPORTER_OTLP_ENDPOINT: await receiver.start(),
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=of-ours',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    });
    await fetch(`${await server.address()}/health/ready`);
    expect(receiver.bodies).toHaveLength(0);
    await endOf(server);
    receiver.stop();
    expect(loadedBy(server)).toContain('@opentelemetry/sdk-trace');
    expect(receiver.headers[0]).toMatchObject({
      'content-type': 'application/x-protobuf',
      'x-tenant': 'of-ours',
    });
    expect(receiver.text).toContain('GET /health/ready');
    expect(receiver.text).toContain('staging');
  });

  it.each(['that refuses', 'that hangs', 'that is away'])(
    'answers and ends as ever with a receiver %s',
    async (kind) => {
      const refusing = new TraceReceiver();
      refusing.status = 500;
      const hanging = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(hanging, 'listening');
      const hangs = `http://127.0.0.1:${String((hanging.address() as AddressInfo).port)}`;
      const urls: Readonly<Record<string, string>> = {
        'that refuses': await refusing.start(),
        'that hangs': hangs,
        'that is away': 'http://127.0.0.1:9',
      };
      const server = launch({
        OTEL_EXPORTER_OTLP_ENDPOINT: urls[kind] ?? '',
        OTEL_BSP_SCHEDULE_DELAY: '10',
        OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      });
      const api = await server.address();
      for (let i = 0; i < 30; i++) {
        const begun = performance.now();
        expect((await fetch(`${api}/health/ready`)).status).toBe(200);
        expect(performance.now() - begun).toBeLessThan(1000);
      }
      expect(await endOf(server)).toBeLessThan(8000);
      refusing.stop();
      hanging.close();
      expect(server.output.match(/Traces cannot be delivered/g)).toHaveLength(1);
    },
  );
});
