import type { Tracer } from '@opentelemetry/api';
import type { TracerProvider } from '@opentelemetry/sdk-trace';
import type { AppLogger } from '../common/logger.js';
import { type Note, type Step, traceWith, type Tracing } from '../common/traced.js';
import type { Settings } from '../config/settings.js';
import { statusOfError } from './outcome.js';
import { loadPackages, type Packages } from './packages.js';
import { makeProvider } from './provider.js';
import { RequestSpans } from './requests.js';
import { followStatements } from './statements.js';

/** Milliseconds that the last spans may take to be delivered when the process ends. */
const PARTING = 3000;

/** Traces by OpenTelemetry. Where none are wanted there is no object of this class, and nothing on any path. */
export class Traces implements Tracing {
  readonly requests: RequestSpans;
  readonly #forget: () => void;

  private constructor(
    private readonly packages: Packages,
    private readonly provider: TracerProvider,
    private readonly tracer: Tracer,
  ) {
    this.requests = new RequestSpans(tracer, packages);
    this.#forget = followStatements(tracer, packages.api);
  }

  /** Undefined: they are off. */
  static async begin({ traces }: Settings, logger: AppLogger): Promise<Traces | undefined> {
    if (traces === undefined) return undefined;
    const packages = await loadPackages(traces);
    const { api, contexts } = packages;
    const provider = makeProvider(packages, traces, logger);
    // Of the process: what a team writes of its own finds the span that it is in.
    api.context.setGlobalContextManager(new contexts.AsyncLocalStorageContextManager().enable());
    api.trace.setGlobalTracerProvider(provider);
    const writer = new Traces(packages, provider, provider.getTracer('gatehouse'));
    traceWith(writer);
    return writer;
  }

  get traceId(): string | undefined {
    return this.packages.api.trace.getActiveSpan()?.spanContext().traceId;
  }

  async step<T>(
    { name, attributes, outward, alone }: Step,
    work: (note: Note) => Promise<T>,
  ): Promise<T> {
    const { api } = this.packages;
    const kind = outward ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL;
    const options = { kind, root: alone === true, ...(attributes && { attributes }) };
    return this.tracer.startActiveSpan(name, options, async (span) => {
      try {
        return await work((more) => span.setAttributes(more));
      } catch (error) {
        statusOfError(api, span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  /** Delivers what there still is, but waits for nobody for long. */
  async end(): Promise<void> {
    const { api } = this.packages;
    traceWith(undefined);
    this.#forget();
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (late = setTimeout(resolve, PARTING)));
    await Promise.race([this.provider.shutdown().catch(() => undefined), patience]);
    clearTimeout(late);
    api.trace.disable();
    api.context.disable();
  }
}
