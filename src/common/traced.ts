type Attributes = Readonly<Record<string, string | number>>;
export type Note = (attributes: Attributes) => void;

/** A step of what is going on that is worth a line in a trace. Nothing in it names a person or is a secret. */
export interface Step {
  readonly name: string;
  readonly attributes?: Attributes;
  /** Somebody else is asked. */
  readonly outward?: true;
  /** Belongs to no request, whoever set it off. */
  readonly alone?: true;
}

/** Who writes traces, where any are written. */
export interface Tracing {
  step<T>(step: Step, work: (note: Note) => Promise<T>): Promise<T>;
  /** Of what is going on. */
  readonly traceId: string | undefined;
}

let tracing: Tracing | undefined;

/** One for the process, as in OpenTelemetry itself; undefined: nobody. */
export function traceWith(writer: Tracing | undefined): void {
  tracing = writer;
}

/** Does the work; where traces are written, this is a step of them. */
export const traced = <T>(step: Step, work: (note: Note) => Promise<T>): Promise<T> =>
  tracing === undefined ? work(noNote) : tracing.step(step, work);

const noNote: Note = () => undefined;

/** What lines of the log that belong to a trace say of it. */
export const currentTrace = (): { readonly traceId?: string } => {
  const traceId = tracing?.traceId;
  return traceId === undefined ? {} : { traceId };
};
