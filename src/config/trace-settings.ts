import { fraction, integer, oneOf, text, url } from './parsers.js';
import { define, optional } from './setting-definition.js';
import type { Values } from './settings.js';

/** Under their standard names (opentelemetry.io/docs/specs/otel/configuration). */
export const traceDefinitions = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optional({
    parse: url('http', 'https'),
    example: 'http://127.0.0.1:4318',
    help: 'Where OpenTelemetry traces go, by OTLP over HTTP; /v1/traces is appended. Without it nothing is traced and nothing of it loaded. Headers, timeouts and certificates are set with the other OTEL_EXPORTER_OTLP_* variables.',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional({
    parse: url('http', 'https'),
    example: 'http://127.0.0.1:4318/v1/traces',
    help: 'The same as a whole URL, to which nothing is appended.',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: define({
    parse: oneOf('http/protobuf', 'http/json'),
    fallback: 'http/protobuf',
    help: 'How traces are written: http/protobuf or http/json.',
  }),
  OTEL_SERVICE_NAME: define({
    parse: text,
    fallback: 'gatehouse',
    help: 'What this server is called in traces.',
  }),
  OTEL_TRACES_SAMPLER: define({
    parse: oneOf(
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
      'always_on',
      'always_off',
      'traceidratio',
    ),
    fallback: 'parentbased_always_on',
    help: 'Which requests are traced. parentbased_…: where the caller has decided in its traceparent, as it says.',
  }),
  OTEL_TRACES_SAMPLER_ARG: define({
    parse: fraction,
    fallback: 1,
    help: 'The share that traceidratio traces, from 0 to 1.',
  }),
  OTEL_BSP_SCHEDULE_DELAY: define({
    parse: integer(10, 60_000),
    fallback: 5000,
    help: 'How long what was traced waits for more before it is sent, in milliseconds.',
  }),
  OTEL_SDK_DISABLED: define({
    parse: oneOf('false', 'true'),
    fallback: 'false',
    help: 'true: nothing is traced, whatever else is set.',
  }),
} as const;

/** How requests are traced. */
export interface TraceSettings {
  /** The whole URL. */
  readonly url: string;
  readonly format: 'protobuf' | 'json';
  readonly service: string;
  readonly sampler: Values['OTEL_TRACES_SAMPLER'];
  readonly share: number;
  /** Milliseconds between two batches. */
  readonly delay: number;
}

/** Undefined: they are not. */
export function traceSettings(values: Values): TraceSettings | undefined {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, '');
  const whole = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base}/v1/traces`);
  if (whole === undefined || values.OTEL_SDK_DISABLED === 'true') return undefined;
  return Object.freeze({
    url: whole,
    format: values.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json' ? 'json' : 'protobuf',
    service: values.OTEL_SERVICE_NAME,
    sampler: values.OTEL_TRACES_SAMPLER,
    share: values.OTEL_TRACES_SAMPLER_ARG,
    delay: values.OTEL_BSP_SCHEDULE_DELAY,
  });
}
