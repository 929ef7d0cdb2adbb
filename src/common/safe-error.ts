/** What a log may say of an error. */
export interface ErrorDescription {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly stack?: readonly string[];
}

/**
 * Describes an error without the values that caused it. The message of a database error quotes its
 * input (`Key (email)=(…)`), so for those only codes and names are kept.
 */
export function describeError(error: unknown): ErrorDescription | undefined {
  if (!(error instanceof Error)) return error === undefined ? undefined : { type: typeof error };
  const { driverError } = error as { driverError?: unknown };
  if (driverError instanceof Error) return describeError(driverError);
  const details = error as unknown as Record<string, unknown>;
  const ofDatabase = typeof details['severity'] === 'string';
  return {
    type: error.name,
    ...(typeof details['code'] === 'string' && { code: details['code'] }),
    ...(ofDatabase ? names(details) : { message: error.message }),
    stack: frames(error),
  };
}

function names(details: Readonly<Record<string, unknown>>) {
  const { constraint, table } = details;
  return {
    ...(typeof constraint === 'string' && { constraint }),
    ...(typeof table === 'string' && { table }),
  };
}

/** The calls only: the first lines of a stack repeat the message. */
function frames({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 12);
}
