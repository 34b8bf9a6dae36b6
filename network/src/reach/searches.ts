/** How long after the begin of a search the next may begin, in milliseconds. */
const EVERY_MS = 15_000;
/** How long one may take, in milliseconds: a DHT that knows nobody does not answer, it waits. */
const LONGEST_MS = 30_000;

/**
 * Searches of the network, one at a time and now and then. They run apart from whoever begins them: one takes long where nobody answers,
 * and known addresses are to be dialled all the while.
 */
export class Searches {
  readonly #search: (signal: AbortSignal) => Promise<void>;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #notBefore = 0;

  /** @param search - ends soon after its signal aborts, and never throws. */
  constructor(search: (signal: AbortSignal) => Promise<void>) {
    this.#search = search;
  }

  /** Begins one, unless one is under way or the last one has only just begun. */
  begin(): void {
    if (this.#running !== undefined || Date.now() < this.#notBefore) return;
    if (this.#stopped.signal.aborted) return;
    this.#notBefore = Date.now() + EVERY_MS;
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(LONGEST_MS)]);
    this.#running = this.#search(signal).finally(() => {
      this.#running = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }
}
