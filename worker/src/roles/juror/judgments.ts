import { setTimeout as sleep } from "node:timers/promises";
import { type Backoff, backoffMs } from "@assay/queue";
import { type DisputeId, Ruling, randomSalt } from "@assay/sdk";
import type { NodeContext } from "../../kernel/context.ts";
import { messageOf } from "../../kernel/report.ts";
import type { DisputeRecord, VerdictRecord } from "../../store/disputeStore.ts";
import { judge } from "./judge.ts";

/** Pauses between attempts to find out. */
const BETWEEN: Backoff = { firstMs: 1_000, longestMs: 30_000, jitter: 0 };
/** Attempts after the time for them, when none before told anything. */
const LATE_ATTEMPTS = 3;
/** Between two looks at the chain's clock, in milliseconds. */
const LOOK_MS = 200;

export interface Judgments {
  /**
   * This juror's verdict in a panel, if it is known. Otherwise the juror finds it out in the background, beside other disputes,
   * until the chain's clock shows `until` (Unix seconds); a later call may bring that forward.
   */
  verdict(record: DisputeRecord, panel: number, until: number): VerdictRecord | undefined;
  /** Resolves when nothing is under way any more, after `signal` has aborted. */
  ended(): Promise<void>;
}

/** Finds out what a juror says, and writes it down with its salt before anybody hears of it. */
export function createJudgments(
  context: NodeContext,
  { onVerdict, signal }: { onVerdict: () => void; signal: AbortSignal },
): Judgments {
  const { head, report, store } = context;
  const underWay = new Map<string, { until: number; done: Promise<void> }>();

  async function find(
    record: DisputeRecord,
    panel: number,
    clock: { until: number },
  ): Promise<Ruling> {
    let missing = false;
    let late = 0;
    for (let attempt = 1; late < LATE_ATTEMPTS; attempt++) {
      const isOver = head().timestamp >= clock.until;
      // A result is missing once it was looked for to the end, however late; a look that comes after it may be cut short.
      if (isOver && missing) break;
      if (isOver) late += 1;
      const over = new AbortController();
      const looking = setInterval(() => {
        if (missing && head().timestamp >= clock.until) over.abort(new Error("the time is over"));
      }, LOOK_MS);
      const either = AbortSignal.any([signal, over.signal]);
      try {
        const found = await judge(context, record, either);
        if (found !== "missing") return found;
        missing = true;
      } catch (error) {
        signal.throwIfAborted(); // what is not found because the node stops is not undecided
        if (!over.signal.aborted) {
          report("not judged yet", { id: record.id, panel, error: messageOf(error) });
        }
      }
      await sleep(backoffMs(BETWEEN, attempt), undefined, { signal: either }).catch(() => {});
      clearInterval(looking);
      signal.throwIfAborted();
    }
    // A result that nobody gives is not there; everything else may be due to this machine, or its network.
    return missing ? Ruling.workerWrong : Ruling.undecided;
  }

  async function settle(
    record: DisputeRecord,
    panel: number,
    clock: { until: number },
  ): Promise<void> {
    const verdict = await find(record, panel, clock);
    store.addVerdict(record.id, panel, { verdict, salt: randomSalt() });
    onVerdict();
  }

  function begin(record: DisputeRecord, panel: number, until: number, key: string): void {
    const clock = { until, done: Promise.resolve() };
    clock.done = settle(record, panel, clock)
      .catch((error) => {
        if (signal.aborted) return;
        report("step failed", { step: "judge", error: messageOf(error), code: undefined });
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, clock);
    report("judgment begun", { id: record.id, panel, until });
  }

  return {
    verdict(record, panel, until) {
      const { id } = record;
      const written = store.verdict(id, panel);
      if (written !== undefined) return written;
      const key = keyOf(id, panel);
      const known = underWay.get(key);
      if (known !== undefined) known.until = Math.min(known.until, until);
      else if (!signal.aborted) begin(record, panel, until, key);
      return undefined;
    },
    async ended() {
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
}

const keyOf = (id: DisputeId, panel: number) => `${id}/${panel}`;
