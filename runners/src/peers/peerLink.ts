import type { Direct } from "@assay/network";
import { Outcome } from "@assay/sdk";
import { pause } from "@assay/sdk/concurrency";
import { type BlockReader, cidOf, getBytes } from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";
import type { TaskLimits } from "../runner/limits.ts";
import type { RunInput, TaskEnd } from "../runner/runner.ts";
import { PeerFailedError } from "./errors.ts";
import {
  INLINE_BYTES,
  MOST_TASKS,
  type PeerEnd,
  questionFields,
  RUN,
  type RunAnswer,
  readAnswer,
} from "./wire.ts";

/** Questions to a peer at a time. */
const QUESTIONS = 2;
/** Failures one after the other after which a peer is not asked again. */
const MOST_FAILURES = 3;
const PAUSE_MS = 250;
const FETCH_MS = 60_000;

/** One task as it is asked of any peer. */
export interface PeerTask {
  program: CID;
  limits: TaskLimits;
  input: RunInput;
}

interface Asked {
  task: PeerTask;
  signal: AbortSignal;
  settle: PromiseWithResolvers<TaskEnd>;
}

/** What there is between this peer and one that runs tasks for it. */
export interface PeerLink {
  readonly peerId: string;
  /** Tasks that it has. */
  readonly underWay: number;
  /** Why it is not asked any more. */
  readonly problem: string | undefined;
  /** @throws {@link PeerFailedError}, and the signal's own reason. */
  run(task: PeerTask, signal: AbortSignal): Promise<TaskEnd>;
  leaveOut(problem: string): void;
}

/** Puts the tasks of a peer together into few questions, and asks again for those that are under way. */
export function createPeerLink(
  peerId: string,
  { direct, content }: { direct: Pick<Direct, "ask">; content: BlockReader },
): PeerLink {
  let waiting: Asked[] = [];
  let underWay = 0;
  let questions = 0;
  let failures = 0;
  let problem: string | undefined;

  function giveUp(why: string, cause?: unknown): void {
    problem ??= why;
    for (const { settle } of waiting.splice(0)) {
      settle.reject(new PeerFailedError(peerId, why, cause));
    }
  }

  /** Tasks of one program and its limits, as many as one question holds. */
  function takeTogether(): Asked[] {
    waiting = waiting.filter(({ signal }) => !signal.aborted);
    const [first] = waiting;
    if (first === undefined) return [];
    const taken: Asked[] = [];
    let bytes = 0;
    for (const asked of waiting) {
      const { task } = asked;
      if (task.program !== first.task.program || task.limits !== first.task.limits) continue;
      bytes += task.input instanceof Uint8Array ? task.input.length : 40;
      if (taken.length > 0 && (bytes > INLINE_BYTES || taken.length === MOST_TASKS)) break;
      taken.push(asked);
    }
    waiting = waiting.filter((asked) => !taken.includes(asked));
    return taken;
  }

  function askSoon(): void {
    setImmediate(() => {
      while (questions < QUESTIONS && problem === undefined) {
        const taken = takeTogether();
        if (taken.length === 0) return;
        questions++;
        void askNow(taken).finally(() => {
          questions--;
          askSoon();
        });
      }
    });
  }

  async function askNow(taken: readonly Asked[]): Promise<void> {
    const [first] = taken as readonly [Asked];
    const { program, limits } = first.task;
    const inputs = taken.map(({ task }) => task.input);
    let ends: RunAnswer;
    try {
      const question = questionFields({ program, limits, inputs });
      const { body } = await direct.ask(peerId, RUN, question);
      ends = readAnswer(body, taken.length);
      failures = 0;
    } catch (error) {
      waiting.unshift(...taken);
      const { retryable, shortMessage } = error as Partial<Record<string, unknown>>;
      const isLasting = retryable === false || error instanceof TypeError;
      if (isLasting || ++failures >= MOST_FAILURES) {
        giveUp(`cannot be asked (${shortMessage ?? (error as Error).message})`, error);
      } else await pause(PAUSE_MS * failures, undefined);
      return;
    }
    for (const [i, end] of ends.entries()) {
      const asked = taken[i] as Asked;
      if (end === undefined) waiting.push(asked);
      else void settle(asked, end);
    }
  }

  /** Bytes that do not have the name that the peer gave them are no answer. */
  async function settle({ task, signal, settle }: Asked, end: PeerEnd): Promise<void> {
    try {
      if (end.outcome !== Outcome.ok) return settle.resolve({ outcome: end.outcome });
      const { cid, bytes, outcome } = end;
      const { maxResultBytes } = task.limits;
      if (bytes !== undefined && (bytes.length > maxResultBytes || !cidOf(bytes).equals(cid))) {
        throw new TypeError("it gave a result of another name");
      }
      const fetching = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
      const options = { maxBytes: maxResultBytes, signal: fetching };
      settle.resolve({ outcome, bytes: bytes ?? (await getBytes(content, cid, options)) });
    } catch (error) {
      settle.reject(
        new PeerFailedError(peerId, `gave no result (${(error as Error).message})`, error),
      );
    }
  }

  return {
    peerId,
    get underWay() {
      return underWay;
    },
    get problem() {
      return problem;
    },
    leaveOut: (why) => giveUp(why),
    async run(task, signal) {
      signal.throwIfAborted();
      if (problem !== undefined) throw new PeerFailedError(peerId, problem);
      const settle = Promise.withResolvers<TaskEnd>();
      const onAbort = () => settle.reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      underWay++;
      waiting.push({ task, signal, settle });
      askSoon();
      try {
        return await settle.promise;
      } finally {
        underWay--;
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
