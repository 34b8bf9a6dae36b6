import {
  explainStep,
  type MachineTask,
  machineArgument,
  stateArgument,
  type Trace,
} from "@assay/sdk/machine";
import { answer, type Traced, type TraceRequest, type Tracer, traceTask } from "@assay/worker";
import { bytesToHex, type Hex, hexToBytes, keccak256, numberToHex } from "viem";

/** Of so many steps the lie begins at one of the last third… */
const FIRST_SHARE = 3n;
/** …the first of so many that calculates something. */
const LOOKED_AT = 300n;
const CALCULATES = /^[fi](32|64)\.(add|sub|mul|div)/;

/**
 * Finds a liar's moves in a dispute: up to some step it tells the truth, from there on states that never were, and at the end the result
 * that it has committed to.
 */
export function createLyingTracer(): Tracer {
  /** Of each dispute: several may be open at a time. */
  const told = new Map<string, Traced>();
  return {
    async ask({ key, task: traced, question }: TraceRequest) {
      if (question.type === "first" && !told.has(key)) {
        const { task, trace } = traceTask(traced);
        told.set(key, { task, trace: lyingTrace(trace, task, question.last) });
      }
      const lie = told.get(key);
      if (lie === undefined) throw new Error("the liar has forgotten what it said");
      return answer(lie, question);
    },
    async close() {},
  };
}

function lyingTrace(truth: Trace, task: MachineTask, last: Hex): Trace {
  const { steps } = truth.end();
  const lie = firstLie(truth, task, steps - steps / FIRST_SHARE);
  const stateBehind = (step: bigint, hash: Uint8Array | undefined): Uint8Array => {
    if (step <= lie && hash !== undefined) return hash;
    return hexToBytes(step >= steps ? last : keccak256(numberToHex(step)));
  };
  return {
    ...truth,
    hashes: (spaced) =>
      truth
        .hashes(spaced)
        .map((hash, index) => stateBehind(spaced.from + spaced.spacing * BigInt(index + 1), hash)),
  };
}

/** A step that calculates, behind some other. */
function firstLie(truth: Trace, { machine }: MachineTask, from: bigint): bigint {
  for (let step = from; step < from + LOOKED_AT; step += 1n) {
    const proof = truth.stepAfter(step);
    if ("outcome" in proof) break;
    const { text } = explainStep({
      machine: machineArgument(machine),
      state: stateArgument(proof),
      witness: bytesToHex(proof.witness),
    });
    if (CALCULATES.test(text)) return step;
  }
  return from;
}
