import type { TraceSettings } from '../config/trace-settings.js';

/** OpenTelemetry, loaded when somebody wants traces: it takes time at the start and 16 MB. */
export async function loadPackages({ format }: TraceSettings) {
  const [api, core, sdk, resources, contexts, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
    format === 'json'
      ? import('@opentelemetry/exporter-trace-otlp-http')
      : import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  return { api, core, sdk, resources, contexts, OTLPTraceExporter };
}

export type Packages = Awaited<ReturnType<typeof loadPackages>>;
export type Api = Packages['api'];
