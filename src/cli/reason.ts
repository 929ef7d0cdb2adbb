/** Why something failed, in one line. An error of a refused connection has no message of its own, only a code. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, code = error.name } = error as NodeJS.ErrnoException;
  return message.trim() || code;
}
