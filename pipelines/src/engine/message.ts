import type { Content } from "../store/content.ts";

/** Epoch, position in it, and position in each fan-out since. */
export type Path = readonly number[];

/** What goes along an edge. Each step answers each path once, by an item or a gap. */
export const ITEM = 0;
/** Nothing is at this path: filtered out, or skipped. */
export const GAP = 1;
/** So many paths lie right below this one. */
export const CLOSE = 2;
/** Nothing of this epoch will come any more; of {@link LAST}, nothing at all. */
export const END = 3;

export interface Message {
  kind: typeof ITEM | typeof GAP | typeof CLOSE | typeof END;
  path: Path;
  /** Of an item. Missing in a plan, where nothing is computed. */
  content: Content | undefined;
  /** Of a close; {@link UNKNOWN} in a plan. */
  count: number;
}

/** The epoch that ends when everything does. */
export const LAST = -1;
/** A number of pieces that only running would tell. */
export const UNKNOWN = -1;

export const item = (path: Path, content: Content | undefined): Message => ({
  kind: ITEM,
  path,
  content,
  count: 0,
});
export const gap = (path: Path): Message => ({ kind: GAP, path, content: undefined, count: 0 });
export const close = (path: Path, count: number): Message => ({
  kind: CLOSE,
  path,
  content: undefined,
  count,
});
export const end = (epoch: number): Message => ({
  kind: END,
  path: [epoch],
  content: undefined,
  count: 0,
});

export const epochOf = (path: Path): number => path[0] ?? 0;

/** Slots that an inbox keeps when it is empty. */
const KEPT_SLOTS = 64;

/** Messages in order, with the bytes that they hold in memory. */
export class Inbox {
  #messages: (Message | undefined)[] = [];
  /** Only where there are several edges. */
  #sides: number[] | undefined;
  #head = 0;
  #tail = 0;
  /** Of all messages together. */
  bytes = 0;
  /** By which edge the message came that was taken last. */
  side = 0;

  get length(): number {
    return this.#tail - this.#head;
  }

  push(message: Message, side: number): void {
    if (side > 0) this.#sides ??= [];
    if (this.#sides !== undefined) this.#sides[this.#tail] = side;
    this.#messages[this.#tail++] = message;
    this.bytes += message.content?.bytes?.length ?? 0;
  }

  shift(): Message | undefined {
    if (this.#head === this.#tail) return undefined;
    const message = this.#messages[this.#head];
    this.side = this.#sides?.[this.#head] ?? 0;
    this.#messages[this.#head++] = undefined;
    this.bytes -= message?.content?.bytes?.length ?? 0;
    if (this.#head === this.#tail) this.#reset();
    else if (this.#head > 1_024 && this.#head * 2 > this.#tail) this.#compact();
    return message;
  }

  #reset(): void {
    this.#head = 0;
    this.#tail = 0;
    this.bytes = 0;
    if (this.#messages.length > KEPT_SLOTS) this.#messages = [];
    if (this.#sides !== undefined) this.#sides = [];
  }

  #compact(): void {
    this.#messages = this.#messages.slice(this.#head, this.#tail);
    this.#sides = this.#sides?.slice(this.#head, this.#tail);
    this.#tail -= this.#head;
    this.#head = 0;
  }
}
