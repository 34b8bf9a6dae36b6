import type { PublicClient } from "viem";
import { logRefusal } from "./logRefusal.ts";

/** Blocks that one call asks for at most; public nodes refuse much more. */
const MOST_BLOCKS = 10_000n;
/** After a range that was accepted the next one is larger by this share, so that one dense stretch does not slow the rest for ever. */
const GROWTH_PERCENT = 125n;
/** Ranges that have to be accepted before a refused size is tried again; doubled with every refusal, up to the second number. */
const PATIENCE = 64;
const LONGEST_PATIENCE = 4_096;

/** How many blocks an endpoint lets one ask for, as learned from what it said. */
export interface LogRangeSize {
  readonly blocks: bigint;
  /** `asked` blocks were no problem. */
  accepted(asked: bigint): void;
  /** Whether `error` may say that `asked` blocks are too many, and fewer are worth trying at once. */
  refused(error: unknown, asked: bigint): boolean;
}

const sizes = new WeakMap<object, LogRangeSize>();

/** What is known of the endpoint behind a client. */
export function logRangeSize(client: Pick<PublicClient, "request">): LogRangeSize {
  const known = sizes.get(client);
  if (known !== undefined) return known;
  const size = createLogRangeSize();
  sizes.set(client, size);
  return size;
}

function createLogRangeSize(): LogRangeSize {
  let blocks = MOST_BLOCKS;
  /** The most that was accepted, and the least that was refused, as far as they are to be believed. */
  let good = 0n;
  let bad: bigint | undefined;
  let accepted = 0;
  let patience = PATIENCE / 2;
  let inDoubt = 0;

  function halve(asked: bigint): void {
    bad = asked;
    if (good >= asked) good = 0n;
    blocks = asked / 2n;
    accepted = 0;
    patience = Math.min(2 * patience, LONGEST_PATIENCE);
  }

  return {
    get blocks() {
      return blocks;
    },
    accepted(asked) {
      inDoubt = 0;
      if (asked < blocks) return; // the end of what was asked for, which says nothing of more
      if (asked > good) good = asked;
      accepted++;
      if (accepted > patience) bad = undefined;
      const larger = (blocks * GROWTH_PERCENT) / 100n + 1n;
      if (bad === undefined || larger < bad) blocks = larger;
      // Near the limit half of the rest is tried, until that is not worth a refusal any more.
      else if (bad - good > good / 8n + 1n) blocks = (good + bad) / 2n;
      else blocks = good;
      if (blocks > MOST_BLOCKS) blocks = MOST_BLOCKS;
    },
    refused(error, asked) {
      const { kind } = logRefusal(error);
      if (asked <= 1n || kind === "failure") return false;
      // What may be about something else is thrown the first time; whoever asks again and again is to get on in the end.
      if (kind === "unsure" && ++inDoubt < 2) return false;
      halve(asked);
      return kind === "refusal";
    },
  };
}
