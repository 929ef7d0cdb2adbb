/** Where a command reads and writes. */
export interface Terminal {
  /** Whether somebody sits there who can be asked. */
  readonly interactive: boolean;

  /** A result: standard output. */
  print(text: string): void;

  /** Everything else: standard error. */
  say(text: string): void;

  /** Asks for something, for as long as `work` takes. Ctrl-C ends the program. */
  converse<T>(work: (conversation: Conversation) => Promise<T>): Promise<T>;

  /** All of standard input. @throws UsageError if it is a terminal */
  readInput(): Promise<Buffer>;
}

export interface Conversation {
  ask(question: string): Promise<string>;
  /** Nothing of the answer is shown. */
  askHidden(question: string): Promise<string>;
}
