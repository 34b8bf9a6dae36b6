import {
  asCount,
  asRecord,
  asTuple,
  Outcome,
  outcomeCode,
  outcomeOfCode,
} from "@assay/sdk/protocol";
import { CID } from "multiformats/cid";
import type { TaskLimits } from "../runner/limits.ts";
import type { RunInput } from "../runner/runner.ts";

/** The kind of question by which a peer is asked to run tasks. */
export const RUN = "run";
/** Most tasks of one question. */
export const MOST_TASKS = 64;
/** Inputs of one question, and results of one answer, that travel in it, in bytes together: a frame has 64 KiB. Others travel by CID. */
export const INLINE_BYTES = 40 << 10;

/** The same question may be put again: who is asked knows the tasks by what they compute. */
export interface RunQuestion {
  program: CID;
  limits: TaskLimits;
  inputs: readonly RunInput[];
}

/** How a task ended: the content of a result that is too long to travel along is named. */
export type PeerEnd =
  | { outcome: typeof Outcome.ok; cid: CID; bytes: Uint8Array | undefined }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit };

/** By the question's order; `undefined` is still under way. */
export type RunAnswer = readonly (PeerEnd | undefined)[];

export function questionFields({ program, limits, inputs }: RunQuestion) {
  return {
    ...{ program, maxSteps: limits.maxSteps.toString(), maxResultBytes: limits.maxResultBytes },
    inputs: [...inputs],
  };
}

/** @throws TypeError, which the asker is told. */
export function readQuestion(body: unknown): RunQuestion {
  const fields = asRecord(body, ["program", "maxSteps", "maxResultBytes", "inputs"]);
  const program = CID.asCID(fields?.program);
  const { maxSteps, inputs } = fields ?? {};
  const maxResultBytes = asCount(fields?.maxResultBytes);
  if (program === null) throw new TypeError("the question names no program");
  if (typeof maxSteps !== "string" || !/^\d{1,20}$/.test(maxSteps)) {
    throw new TypeError("maxSteps is no number in decimal digits");
  }
  if (maxResultBytes === undefined) throw new TypeError("maxResultBytes is no whole number");
  if (!Array.isArray(inputs) || inputs.length === 0 || inputs.length > MOST_TASKS) {
    throw new TypeError(`inputs are no list of 1 to ${MOST_TASKS}`);
  }
  const limits = { maxSteps: BigInt(maxSteps), maxResultBytes };
  return { program, limits, inputs: inputs.map(readInput) };
}

function readInput(value: unknown): RunInput {
  if (value instanceof Uint8Array) return value;
  const cid = CID.asCID(value);
  if (cid === null) throw new TypeError("an input is neither bytes nor a CID");
  return cid;
}

export function answerFields(ends: RunAnswer) {
  return ends.map((end) => {
    if (end === undefined) return null;
    const code = outcomeCode(end.outcome);
    return end.outcome === Outcome.ok ? [code, end.cid, end.bytes ?? null] : [code, null, null];
  });
}

/** @throws TypeError for what is no answer to a question of so many tasks. */
export function readAnswer(body: unknown, count: number): RunAnswer {
  if (!Array.isArray(body) || body.length !== count) throw new TypeError("the answer is no list");
  return body.map((value) => {
    if (value === null) return undefined;
    const [code, named, bytes] = asTuple(value, 3) ?? [];
    const outcome = outcomeOfCode(code);
    if (outcome === undefined) throw new TypeError("an outcome is none");
    if (outcome !== Outcome.ok) return { outcome };
    const cid = CID.asCID(named);
    if (cid === null || !(bytes === null || bytes instanceof Uint8Array)) {
      throw new TypeError("a result has no name");
    }
    return { outcome, cid, bytes: bytes ?? undefined };
  });
}
