/** How long after a want is over its answer may still come, in milliseconds. */
const LATE_MS = 120_000;
const MAX_EXPECTED = 16_384;

/** Blocks that peers were asked for and that are not wanted any more: whoever sends one of these is slow, or sends it again, and is no liar. */
export class LateAnswers {
  /** When each is too late; those that end first come first. */
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  expect(peer: string, key: string): void {
    const name = `${peer} ${key}`;
    this.#until.delete(name);
    this.#until.set(name, this.#now() + LATE_MS);
    for (const [oldest, until] of this.#until) {
      if (until > this.#now() && this.#until.size <= MAX_EXPECTED) break;
      this.#until.delete(oldest);
    }
  }

  isExpected(peer: string, key: string): boolean {
    return (this.#until.get(`${peer} ${key}`) ?? 0) > this.#now();
  }
}
