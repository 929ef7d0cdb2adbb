/** Words for whoever started us, and the code to end with. */
export class Complaint extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One calm line and the end; where it came from only when DEBUG is set. */
export function complain(error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(process.env.DEBUG && error instanceof Error ? error.stack : message);
  process.exit(error?.exitCode ?? 1);
}
