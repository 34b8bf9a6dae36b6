import { remember } from "../recent/remember.ts";

interface Failures {
  count: number;
  notBefore: number;
}

/** When what failed may be tried again: after a time that doubles with each failure in a row, and is spread by half of itself. */
export class Backoff {
  readonly #failures = new Map<string, Failures>();
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #most: number;

  constructor({
    firstMs,
    longestMs,
    most = 1_024,
  }: {
    firstMs: number;
    longestMs: number;
    /** Keys that are remembered; the one that failed first goes first. */
    most?: number;
  }) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#most = most;
  }

  mayTry(key: string): boolean {
    return Date.now() >= (this.#failures.get(key)?.notBefore ?? 0);
  }

  failed(key: string): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const ms = Math.min(this.#firstMs * 2 ** Math.min(count - 1, 30), this.#longestMs);
    // Everybody loses a peer that everybody has at the same moment: they should not all come back at the same one.
    const notBefore = Date.now() + ms * (0.75 + Math.random() / 4);
    remember(this.#failures, key, { count, notBefore }, this.#most);
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}
