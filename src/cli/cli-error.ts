/** Ends a command: the message, for people, goes to standard error. */
export class CliError extends Error {
  readonly exitCode: number = 1;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** The command was called in a way it cannot be called. */
export class UsageError extends CliError {
  override readonly exitCode = 2;
}
