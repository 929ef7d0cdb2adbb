/** Milliseconds after which, and up to twice as many, nobody waits any more for those before him to be answered. */
const PATIENCE = 1000;

interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly since: number;
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
  #watched = false;

  /** `answer`: of those asked for, whoever has an answer. `most`: so many go together. `goes`: so many goes at once. */
  constructor(
    private readonly answer: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
    private readonly most: number,
    private readonly goes: number,
  ) {}

  /**
   * Undefined: there was no answer, the others took too long, or somebody waits already to ask for the same.
   * @throws whatever `answer` throws
   */
  async ask(ask: Ask): Promise<Answer | undefined> {
    if (this.#waiting.has(ask.id)) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting.set(ask.id, { ask, since: performance.now(), resolve, reject });
      this.#plan();
      if (!this.#watched) this.#watch();
    });
  }

  #watch(): void {
    this.#watched = true;
    setTimeout(this.#letGo, PATIENCE).unref();
  }

  readonly #letGo = (): void => {
    const before = performance.now() - PATIENCE;
    for (const [id, { since, resolve }] of this.#waiting) {
      if (since > before) break; // they stand in the order in which they came
      this.#waiting.delete(id);
      resolve(undefined);
    }
    this.#watched = false;
    if (this.#waiting.size > 0) this.#watch();
  };

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
