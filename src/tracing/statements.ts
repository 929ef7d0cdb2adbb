import type { Span, Tracer } from '@opentelemetry/api';
import pg from 'pg';
import { statusOfError } from './outcome.js';
import type { Api } from './packages.js';

type Query = (this: pg.Client, ...given: unknown[]) => unknown;
type Connect = (this: pg.Pool, taken?: (...result: unknown[]) => void) => unknown;
type Callback = (error: unknown, ...result: unknown[]) => void;

/**
 * A span for each statement of what is traced: its text, in which `$1` stands for what was given, and never the values.
 * What belongs to no request that is under way (heartbeats, sweeps) has none. Returns how to undo it.
 */
export function followStatements(tracer: Tracer, api: Api): () => void {
  const client = pg.Client.prototype as unknown as { query: Query };
  const pool = pg.Pool.prototype as unknown as { connect: Connect };
  const { query } = client;
  const { connect } = pool;
  const hadOwn = Object.hasOwn(pool, 'connect');

  client.query = function (...given) {
    if (api.trace.getActiveSpan()?.isRecording() !== true) return query.apply(this, given);
    const span = begin(tracer, api, given[0]);
    const last = given.at(-1);
    if (typeof last !== 'function') return settled(api, span, query.apply(this, given));
    given[given.length - 1] = (error: unknown, ...result: unknown[]) => {
      end(api, span, error);
      (last as Callback)(error, ...result);
    };
    return query.apply(this, given);
  };
  // Who waits for a connection is called by whoever gives one back.
  pool.connect = function (taken) {
    return connect.call(this, taken && api.context.bind(api.context.active(), taken));
  };
  return () => {
    client.query = query;
    if (hadOwn) pool.connect = connect;
    else delete (pool as Partial<typeof pool>).connect;
  };
}

function begin(tracer: Tracer, api: Api, asked: unknown): Span {
  const { text = '', name } = (typeof asked === 'string' ? { text: asked } : asked) as {
    text?: string;
    name?: string;
  };
  const [operation = 'SQL'] = /^\s*[A-Za-z]+/.exec(text) ?? [];
  const word = operation.trim().toUpperCase();
  return tracer.startSpan(name === undefined ? word : `${word} ${name}`, {
    kind: api.SpanKind.CLIENT,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': word,
      'db.query.text': text,
    },
  });
}

function settled(api: Api, span: Span, asked: unknown): unknown {
  if (asked instanceof Promise) {
    asked.then(
      () => {
        end(api, span, undefined);
      },
      (error: unknown) => {
        end(api, span, error);
      },
    );
  } else span.end();
  return asked;
}

function end(api: Api, span: Span, error: unknown): void {
  if (error) statusOfError(api, span, error);
  span.end();
}
