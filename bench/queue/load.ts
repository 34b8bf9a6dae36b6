/** What both queues are given to do: the same tasks, slots and failures. */
export interface Load {
  n: number;
  data: string;
}

export const SLOTS = 50;
/** Tasks added in one call. */
export const BULK = 100;
export const ATTEMPTS = 3;
export const BACKOFF_MS = 10;
/** One in so many tasks fails at its first attempt. */
const FAILS_EVERY = 50;
const PAYLOAD_BYTES = 200;

/** What fills up a task, by the digits of its number. */
const fillers = Array.from({ length: 8 }, (_, digits) => {
  const frame = JSON.stringify({ n: 10 ** digits, data: "" }).length;
  return "x".repeat(PAYLOAD_BYTES - frame);
});

/** Tasks `first … first + count − 1`, each of {@link PAYLOAD_BYTES} as JSON; without `failures`, none that fails. */
export function loads(first: number, count: number, failures: boolean): Load[] {
  return Array.from({ length: count }, (_, i) => {
    const n = failures ? first + i : FAILS_EVERY * (first + i) + 1;
    return { n, data: fillers[String(n).length - 1] ?? "" };
  });
}

/** What every task does: nothing, but some fail once. */
export async function work({ n }: Load, attempt: number): Promise<void> {
  if (n % FAILS_EVERY === 0 && attempt === 1) throw new Error("fails once");
}

/** One order of the parent to a process that holds a queue, and its answer: how long it took, or its memory. */
export type Order =
  | { type: "enqueue" | "process"; count: number; failures: boolean }
  | { type: "end" };

export interface Answer {
  ms: number;
  /** Resident memory of the process at its most so far. */
  rssMb: number;
}

/** Obeys the parent's orders, one at a time. Each action tells how many milliseconds it took, starting and ending aside. */
export function serve(
  queue: Record<"enqueue" | "process", (count: number, failures: boolean) => Promise<number>> & {
    end(): Promise<void>;
  },
): void {
  process.on("message", async (order: Order) => {
    if (order.type === "end") {
      await queue.end();
      process.disconnect();
      return;
    }
    const ms = await queue[order.type](order.count, order.failures);
    // Of Linux and macOS: kilobytes.
    const answer: Answer = { ms, rssMb: process.resourceUsage().maxRSS / 1_024 };
    process.send?.(answer);
  });
}
