import {
  explainStep,
  type MachineTask,
  machineArgument,
  stateArgument,
  type Trace,
} from "@assay/sdk/machine";
import { answer, type Traced, type TraceRequest, type Tracer, traceTask } from "@assay/worker";
import { bytesToHex, type Hex, hexToBytes, keccak256, stringToHex } from "viem";

/** Of so many steps the lie begins at one of the last third… */
const FIRST_SHARE = 3n;
/** …the first of so many that calculates something. */
const LOOKED_AT = 300n;
const CALCULATES = /^[fi](32|64)\.(add|sub|mul|div)/;

/**
 * Finds a liar's moves in a dispute: up to some step it tells the truth, from there on states that never were, and at the end the result
 * that it has committed to, if it is the worker.
 * @param share - of the task's steps, after which it lies: 0 from the first one on, 1 about the last state alone. Default: at a step that
 * calculates something.
 */
export function createLyingTracer({ share }: { share?: number } = {}): Tracer {
  /** Of each dispute: several may be open at a time. */
  const told = new Map<string, Traced>();
  return {
    async ask({ key, task: traced, question }: TraceRequest) {
      let lie = told.get(key);
      if (lie === undefined) {
        const { task, trace } = traceTask(traced);
        const last = question.type === "first" ? question.last : undefined;
        lie = { task, trace: lyingTrace(trace, { task, last, share }) };
        told.set(key, lie);
      }
      return answer(lie, question);
    },
    async close() {},
  };
}

function lyingTrace(
  truth: Trace,
  { task, last, share }: { task: MachineTask; last: Hex | undefined; share: number | undefined },
): Trace {
  const { steps } = truth.end();
  const first =
    share === undefined
      ? firstLie(truth, task, steps - steps / FIRST_SHARE)
      : BigInt(Math.max(1, Math.round(share * Number(steps))));
  const stateBehind = (step: bigint, hash: Uint8Array): Uint8Array => {
    if (step < first) return hash;
    if (step < steps) return hexToBytes(keccak256(stringToHex(`lie ${step}`)));
    return hexToBytes(last ?? keccak256(stringToHex("lie at the end")));
  };
  return {
    ...truth,
    hashes: (spaced) =>
      truth
        .hashes(spaced)
        .map((hash, index) => stateBehind(spaced.from + spaced.spacing * BigInt(index + 1), hash)),
  };
}

/** The state behind a step that calculates, somewhere behind this one. */
function firstLie(truth: Trace, { machine }: MachineTask, from: bigint): bigint {
  for (let step = from; step < from + LOOKED_AT; step += 1n) {
    const proof = truth.stepAfter(step);
    if ("outcome" in proof) break;
    const { text } = explainStep({
      machine: machineArgument(machine),
      state: stateArgument(proof),
      witness: bytesToHex(proof.witness),
    });
    if (CALCULATES.test(text)) return step + 1n;
  }
  return from + 1n;
}
