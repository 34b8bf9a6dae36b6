import {
  type EndingArgument,
  endingArgument,
  firstExponent,
  type MachineArgument,
  type MachineStateArgument,
  type MachineTask,
  type MachineTaskArgument,
  machineArgument,
  machineOfInstrumented,
  machineTask,
  stateArgument,
  type Trace,
  taskArgument,
} from "@assay/sdk/machine";
import { CID } from "multiformats/cid";
import { bytesToHex, type Hex } from "viem";
import { firstMove, hashAt, type Interval, nextMove } from "../game/moves.ts";
import { createTaskTrace } from "./createTaskTrace.ts";

/** A task whose states are asked for, as it goes from process to process. */
export interface TracedTask {
  /** The program, instrumented. */
  instrumented: Uint8Array;
  maxSteps: bigint;
  maxResultBytes: number;
  input: { cid: string; bytes: Uint8Array };
}

export type TraceQuestion =
  /** The worker's first move. `last`: the hash of the state that its result stands for. */
  | { type: "first"; last: Hex }
  /** The next move of whoever is to move. `agreed`: the hash that the chain has of the interval's first state. */
  | { type: "next"; interval: Interval; agreed: Hex };

export type TraceAnswer =
  | { type: "begin"; hashes: readonly Hex[]; machine: MachineArgument }
  | { type: "move"; index: number; hashes: readonly Hex[] }
  | {
      type: "prove";
      index: number;
      machine: MachineArgument;
      task: MachineTaskArgument;
      state: MachineStateArgument;
      witness: Hex;
    }
  | { type: "proveEnded"; index: number; ending: EndingArgument }
  /** The other party is right. */
  | { type: "concede" }
  /** The chain has another state before the interval than this node could have agreed to. */
  | { type: "contradiction" };

/** A task under way, as moves ask for it. */
export interface Traced {
  task: MachineTask;
  trace: Trace;
}

export function traceTask({ instrumented, input, ...limits }: TracedTask): Traced {
  const machine = machineOfInstrumented(instrumented);
  const task = machineTask({
    ...{ machine, ...limits },
    input: { cid: CID.parse(input.cid), bytes: input.bytes },
  });
  return { task, trace: createTaskTrace(task) };
}

export function answer({ task, trace }: Traced, question: TraceQuestion): TraceAnswer {
  const machine = machineArgument(task.machine);
  if (question.type === "first") {
    const exponent = firstExponent(task);
    const hashes = firstMove(trace, { exponent, last: question.last });
    return hashes === undefined ? { type: "concede" } : { type: "begin", hashes, machine };
  }
  const { interval, agreed } = question;
  if (hashAt(trace, interval.from) !== agreed) return { type: "contradiction" };
  const move = nextMove(trace, interval);
  switch (move.type) {
    case "prove": {
      const { index, proof } = move;
      const shown = { state: stateArgument(proof), witness: bytesToHex(proof.witness) };
      return { type: "prove", index, machine, task: taskArgument(task), ...shown };
    }
    case "proveEnded":
      return { ...move, ending: endingArgument(move.ending) };
    default:
      return move;
  }
}
