import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v4 as uuid } from 'uuid';
import { answerMessage } from './answer-message.js';
import { Failure } from './failure.js';
import type { RefusalPace } from './http/refusal-pace.js';
import { type AppLogger } from './logger.js';
import { PROBLEM_TYPE, toFailure, toProblem } from './problem.js';

/** Recognises a failure that a library threw (a lost database, say); undefined: not mine. */
export type FailureTranslator = (thrown: unknown) => Failure | undefined;

/** As much of a reply as a problem needs. */
export interface ProblemReply {
  readonly raw: { readonly headersSent: boolean; destroy(): unknown };
  code(status: number): this;
  header(name: string, value: string | number): this;
  send(body: string): unknown;
}

/** The one place where failures become HTTP, or what other transports have for them. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly publicUrl: string,
    private readonly logger: AppLogger,
    private readonly translators: readonly FailureTranslator[],
    private readonly pace: RefusalPace,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): unknown {
    if (host.getType() !== 'http') return this.answerMessage(thrown, host);
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return undefined;
  }

  private answerMessage(thrown: unknown, host: ArgumentsHost): unknown {
    const failure = this.recognise(thrown);
    const id = uuid();
    if (failure.spec.status >= 500) this.logger.failure(failure, id);
    return answerMessage(host, toProblem(failure, this.publicUrl, id));
  }

  /**
   * Also called by Fastify itself, for what fails before Nest is reached. What is refused for now, with a word when to
   * come again, may be answered later: Nest and Fastify wait for it.
   */
  answer(thrown: unknown, request: { readonly id: string }, reply: ProblemReply): void {
    const failure = this.recognise(thrown);
    const { status } = failure.spec;
    if (status >= 500) this.logger.failure(failure, request.id);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const pause = failure.retryAfter === undefined ? 0 : this.pace.next();
    if (pause === 0) this.send(failure, request, reply);
    else {
      setTimeout(() => {
        this.send(failure, request, reply);
      }, pause);
    }
  }

  private send(failure: Failure, request: { readonly id: string }, reply: ProblemReply): void {
    const { status } = failure.spec;
    const problem = toProblem(failure, this.publicUrl, request.id);
    if (status === 401) reply.header('www-authenticate', challenge(problem.code));
    if (failure.retryAfter !== undefined) reply.header('retry-after', failure.retryAfter);
    reply.code(status).header('content-type', PROBLEM_TYPE).send(JSON.stringify(problem));
  }

  private recognise(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    for (const translate of this.translators) {
      const failure = translate(thrown);
      if (failure !== undefined) return failure;
    }
    return toFailure(thrown);
  }
}

/** RFC 6750, section 3: the error is named only when a token was shown. */
export function challenge(code: string): string {
  return code === 'invalid_token'
    ? 'Bearer realm="gatehouse", error="invalid_token"'
    : 'Bearer realm="gatehouse"';
}
