import type { SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { AppLogger } from '../common/logger.js';
import type { TraceSettings } from '../config/trace-settings.js';
import type { Packages } from './packages.js';

/** What makes spans, gathers them, and sends them off in batches. */
export function makeProvider(
  packages: Packages,
  settings: TraceSettings,
  logger: AppLogger,
): TracerProvider {
  const { sdk, resources, OTLPTraceExporter } = packages;
  const { envDetector, serviceInstanceIdDetector, resourceFromAttributes } = resources;
  const exporter = telling(new OTLPTraceExporter({ url: settings.url }), packages, logger);
  return new sdk.TracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.detectResources({ detectors: [envDetector, serviceInstanceIdDetector] }))
      .merge(resourceFromAttributes({ 'service.name': settings.service })),
    sampler: makeSampler(packages, settings),
    spanProcessors: [
      new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: settings.delay }),
    ],
  });
}

function makeSampler({ sdk }: Packages, { sampler, share }: TraceSettings) {
  const root = () => {
    if (sampler.endsWith('traceidratio')) return new sdk.TraceIdRatioBasedSampler(share);
    return sampler.endsWith('always_off') ? new sdk.AlwaysOffSampler() : new sdk.AlwaysOnSampler();
  };
  return sampler.startsWith('parentbased') ? new sdk.ParentBasedSampler({ root: root() }) : root();
}

/** Says once an outage that traces are lost; never the URL or headers, which may hold a password. */
function telling(exporter: SpanExporter, { core }: Packages, logger: AppLogger): SpanExporter {
  const { SUCCESS } = core.ExportResultCode;
  let isAway = false;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const isLost = result.code !== SUCCESS;
        if (isLost && !isAway) logger.warn('Traces cannot be delivered and are lost', 'Traces');
        if (!isLost && isAway) logger.log('Traces are delivered again', 'Traces');
        isAway = isLost;
        done({ code: SUCCESS });
      });
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}
