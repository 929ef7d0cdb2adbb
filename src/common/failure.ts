/** What the public may know about a kind of failure. */
export interface FailureSpec {
  /** Stable, snake_case; clients switch on it. */
  readonly code: string;
  /** The HTTP status it is answered with. */
  readonly status: number;
  /** One short sentence, the same for every occurrence (RFC 9457 `title`). */
  readonly title: string;
  /** What happened and what the caller can do; shown on the error page and used as the default `detail`. */
  readonly detail: string;
}

/** One complaint about one field of the request. */
export interface FieldError {
  /** Path of the field: `email`, `items.0.name`; empty for the body as a whole. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
  /** Numbers and names that the message mentions, for clients with words of their own. */
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface FailureOptions {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Seconds; rendered as `Retry-After` (RFC 9110, 10.2.3). */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** A way in which a request can fail. Only `ProblemFilter` turns it into HTTP. */
export abstract class Failure extends Error {
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfter: number | undefined;

  protected constructor(
    readonly spec: FailureSpec,
    options: FailureOptions = {},
  ) {
    super(options.detail ?? spec.detail, { cause: options.cause });
    this.name = new.target.name;
    this.errors = options.errors;
    this.retryAfter = options.retryAfter;
  }
}

export interface FailureClass {
  readonly spec: FailureSpec;
  new (options?: FailureOptions): Failure;
}

const known = new Map<string, FailureSpec>();

/** Makes the base class of one kind of failure: `class Gone extends failure({ code: 'gone', … }) {}`. */
export function failure(spec: FailureSpec): FailureClass {
  if (known.has(spec.code)) throw new Error(`Two failures share the code "${spec.code}"`);
  known.set(spec.code, Object.freeze(spec));
  return class extends Failure {
    static readonly spec = spec;
    constructor(options?: FailureOptions) {
      super(spec, options);
    }
  };
}

/** Every kind of failure that the loaded code can answer with, by code. */
export function knownFailures(): readonly FailureSpec[] {
  return [...known.values()].sort((a, b) => a.code.localeCompare(b.code));
}
