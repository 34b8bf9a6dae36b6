import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type DisputeId, Ruling } from "@assay/sdk";
import { bytesToHex } from "viem";
import { messageOf } from "../node/part.ts";
import type { PipelineContext } from "../pipeline/context.ts";
import type { DisputeRecord, VerdictRecord } from "../store/disputeStore.ts";
import { judge } from "./judge.ts";

/** Pause between two attempts to find out, in milliseconds. */
const PAUSE_MS = { first: 1_000, longest: 30_000 };
/** Between two looks at the chain's clock, in milliseconds. */
const LOOK_MS = 200;

export interface Judgments {
  /**
   * What we say in a panel, if we know it by now. Otherwise it is being found out, in the background and beside other disputes,
   * until the chain's clock shows `until` (Unix seconds); a later call may bring that forward.
   */
  verdict(record: DisputeRecord, panel: number, until: number): VerdictRecord | undefined;
  /** Resolves when nothing is under way any more, after `signal` has aborted. */
  ended(): Promise<void>;
}

/** Finds out what a juror says, and writes it down with its salt before anybody hears of it. */
export function createJudgments(
  context: PipelineContext,
  { onVerdict, signal }: { onVerdict: () => void; signal: AbortSignal },
): Judgments {
  const { head, report, store } = context;
  const underWay = new Map<string, { until: number; done: Promise<void> }>();

  async function find(record: DisputeRecord, clock: { until: number }): Promise<Ruling> {
    let missing = false;
    let pauseMs = PAUSE_MS.first;
    let isFirst = true;
    do {
      const over = new AbortController();
      // One attempt is made to its end, however late it begins: what was not looked for is not missing.
      const mayEnd = !isFirst;
      isFirst = false;
      const looking = setInterval(() => {
        if (mayEnd && head().timestamp >= clock.until) over.abort(new Error("the time is over"));
      }, LOOK_MS);
      const either = AbortSignal.any([signal, over.signal]);
      try {
        const found = await judge(context, record, either);
        signal.throwIfAborted(); // what is not found because the node stops is not undecided
        if (found === "missing") missing = true;
        else if (found !== undefined) return found;
        if (head().timestamp < clock.until) await sleep(pauseMs, undefined, { signal: either });
      } catch (error) {
        signal.throwIfAborted();
        if (!over.signal.aborted) report("step failed", { step: "judge", ...described(error) });
      } finally {
        clearInterval(looking);
      }
      pauseMs = Math.min(2 * pauseMs, PAUSE_MS.longest);
    } while (head().timestamp < clock.until);
    // A result that nobody gives is not there; everything else may be due to this machine, or its network.
    return missing ? Ruling.workerWrong : Ruling.undecided;
  }

  async function settle(
    record: DisputeRecord,
    panel: number,
    clock: { until: number },
  ): Promise<void> {
    const verdict = await find(record, clock);
    store.addVerdict(record.id, panel, { verdict, salt: bytesToHex(randomBytes(32)) });
    onVerdict();
  }

  function begin(record: DisputeRecord, panel: number, until: number, key: string): void {
    const clock = { until, done: Promise.resolve() };
    clock.done = settle(record, panel, clock)
      .catch((error) => {
        if (!signal.aborted) report("step failed", { step: "judge", ...described(error) });
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

function described(error: unknown): { error: string; code: undefined } {
  return { error: messageOf(error), code: undefined };
}
