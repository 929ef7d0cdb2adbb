/** What was said within so many milliseconds, or a little longer. Bounded. */
export class Lately {
  #now = new Set<string>();
  #before = new Set<string>();
  #turned = performance.now();

  constructor(
    private readonly span: number,
    private readonly most: number,
  ) {}

  /** False: there is no room for it. */
  add(what: string): boolean {
    this.turn();
    if (this.#now.size >= this.most) return false;
    this.#now.add(what);
    return true;
  }

  has(what: string): boolean {
    this.turn();
    return this.#now.has(what) || this.#before.has(what);
  }

  /** Everything is kept for one span at least, and two at most. */
  private turn(): void {
    const passed = performance.now() - this.#turned;
    if (passed < this.span) return;
    this.#before = passed < 2 * this.span ? this.#now : new Set();
    this.#now = new Set();
    this.#turned = performance.now();
  }
}
