interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Those who ask while others are being answered are asked for together, in one go: the more there are, the less each
 * costs. Who comes alone is asked for at once.
 */
export class Gathering<
  Ask extends { readonly id: string },
  Answer extends { readonly id: string },
> {
  readonly #waiting = new Map<string, Waiting<Ask, Answer>>();
  #running = 0;
  #planned = false;

  /** `answer`: of those asked for, whoever has an answer. `most`: so many go together. `goes`: so many goes at once. */
  constructor(
    private readonly answer: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
    private readonly most: number,
    private readonly goes: number,
  ) {}

  /** Undefined: there was no answer, or somebody waits already to ask for the same. @throws whatever `answer` throws */
  async ask(ask: Ask): Promise<Answer | undefined> {
    if (this.#waiting.has(ask.id)) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting.set(ask.id, { ask, resolve, reject });
      this.#plan();
    });
  }

  /** Not before all that has come by now was read. */
  #plan(): void {
    if (this.#planned || this.#running >= this.goes || this.#waiting.size === 0) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      void this.#go();
      this.#plan();
    });
  }

  async #go(): Promise<void> {
    const going = [...this.#waiting.values()].slice(0, this.most);
    for (const { ask } of going) this.#waiting.delete(ask.id);
    this.#running += 1;
    try {
      const answers = await this.answer(going.map(({ ask }) => ask));
      const found = new Map(answers.map((answer) => [answer.id, answer]));
      for (const { ask, resolve } of going) resolve(found.get(ask.id));
    } catch (error) {
      for (const { reject } of going) reject(error);
    } finally {
      this.#running -= 1;
      this.#plan();
    }
  }
}
