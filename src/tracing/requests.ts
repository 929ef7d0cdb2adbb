import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { KNOWN_METHODS } from '../common/http/methods.js';
import { PROBLEM_TYPE } from '../common/problem.js';
import type { Packages } from './packages.js';

/** The span of each request, while there is one. */
export class RequestSpans {
  readonly #contexts = new WeakMap<FastifyRequest, Context>();
  readonly #parents: { extract(request: FastifyRequest): Context };

  constructor(
    private readonly tracer: Tracer,
    private readonly packages: Packages,
  ) {
    const { api, core } = packages;
    const propagator = new core.W3CTraceContextPropagator();
    this.#parents = {
      extract: ({ headers: { traceparent } }) => {
        // Of tracestate nothing is taken: it is text that a caller chose.
        const said = typeof traceparent === 'string' ? { traceparent } : {};
        return propagator.extract(api.ROOT_CONTEXT, said, api.defaultTextMapGetter);
      },
    };
  }

  /**
   * One span a request: method, route as it is declared, status, code of the problem, request id. Added before all other
   * hooks, so that it holds what they do.
   */
  follow(server: FastifyInstance): void {
    const { context } = this.packages.api;
    server.addHook('onRequest', (request, _reply, done) => {
      context.with(this.#begin(request), done);
    });
    server.addHook('onSend', (request, reply, payload, done) => {
      if (reply.getHeader('content-type') === PROBLEM_TYPE) this.#noteProblem(request, payload);
      done(null, payload);
    });
    server.addHook('onResponse', (request, { statusCode }, done) => {
      this.#end(request, statusCode);
      done();
    });
  }

  traceIdOf(request: FastifyRequest): string | undefined {
    return this.#spanOf(request)?.spanContext().traceId;
  }

  #begin(request: FastifyRequest): Context {
    const { api } = this.packages;
    const method = KNOWN_METHODS.has(request.method) ? request.method : '_OTHER';
    const route = request.routeOptions.url;
    const parent = this.#parents.extract(request);
    const span = this.tracer.startSpan(
      route === undefined ? method : `${method} ${route}`,
      {
        kind: api.SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          ...(route !== undefined && { 'http.route': route }),
          'gatehouse.request_id': request.id,
        },
      },
      parent,
    );
    const begun = api.trace.setSpan(parent, span);
    this.#contexts.set(request, begun);
    return begun;
  }

  #noteProblem(request: FastifyRequest, payload: unknown): void {
    const [, code] = /"code":"([a-z0-9_]{1,64})"/.exec(String(payload)) ?? [];
    if (code !== undefined) this.#spanOf(request)?.setAttribute('gatehouse.problem_code', code);
  }

  #end(request: FastifyRequest, status: number): void {
    const span = this.#spanOf(request);
    span?.setAttribute('http.response.status_code', status);
    if (status >= 500) span?.setStatus({ code: this.packages.api.SpanStatusCode.ERROR });
    span?.end();
  }

  #spanOf(request: FastifyRequest): Span | undefined {
    const context = this.#contexts.get(request);
    return context && this.packages.api.trace.getSpan(context);
  }
}
