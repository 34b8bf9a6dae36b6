import type { Draws } from "./random.ts";

/** What keeps a peer's processor busy beside the messages that are followed. */
export interface Background {
  /** Share of its time; from 1 on, work piles up for as long as it lasts. */
  share: number;
  /** What one of its pieces takes, in milliseconds. */
  pieceMs: number;
}

/** Processors, each with one queue, in the order in which work comes. */
export class Servers {
  readonly #freeAt: Float64Array;
  readonly #draws: Draws;
  readonly #background: Background;
  /** CPU milliseconds that were used, without the background's. */
  usedMs = 0;

  constructor(count: number, draws: Draws, background: Background = { share: 0, pieceMs: 0 }) {
    this.#freeAt = new Float64Array(count);
    this.#draws = draws;
    this.#background = background;
  }

  /** @returns when work of `ms` is done that comes at `at`, in milliseconds. */
  serve(peer: number, at: number, ms: number): number {
    const server = peer % this.#freeAt.length;
    const free = this.#freeAt[server] as number;
    const doneAt = Math.max(free, at + this.#otherWork(at)) + ms;
    this.#freeAt[server] = doneAt;
    this.usedMs += ms;
    return doneAt;
  }

  /** Uses a processor for what is part of work that it does anyway. */
  use(peer: number, ms: number): void {
    const server = peer % this.#freeAt.length;
    this.#freeAt[server] = (this.#freeAt[server] as number) + ms;
    this.usedMs += ms;
  }

  /** What work that comes now finds waiting: as in an M/D/1 queue, and beyond its capacity what has piled up. */
  #otherWork(at: number): number {
    const { share, pieceMs } = this.#background;
    if (share <= 0) return 0;
    if (share >= 1) return (share - 1) * at + pieceMs;
    return this.#draws.uniform() < share ? this.#draws.exponential(pieceMs / 2 / (1 - share)) : 0;
  }
}
