/** What the contracts of the proof are given, from what the machine shows. `contracts/proof/types` has the same structs. */
import { bytesToHex, type Hex, toHex } from "viem";
import { outcomeCode } from "../../../protocol/job/job.ts";
import { type Ending, type Header, headerWord } from "../core/state.ts";
import type { Machine } from "../image/machine.ts";
import type { StepProof } from "../task/execution.ts";
import type { MachineTask } from "../task/task.ts";

/** A program as the chain runs it: the words of its machine root. */
export interface MachineArgument {
  codeRoot: Hex;
  codeDepth: bigint;
  memoryRoot: Hex;
  globalsRoot: Hex;
  globalsDepth: bigint;
  tableRoot: Hex;
  tableDepth: bigint;
  dataRoot: Hex;
  dataDepth: bigint;
  entries: bigint;
  pages: bigint;
  stepsPerFuel: bigint;
  slack: bigint;
}

/** What a task's steps follow from, besides its machine. */
export interface MachineTaskArgument {
  maxFuel: bigint;
  maxResultBytes: bigint;
  inputPrefix: Hex;
  inputDigest: Hex;
  inputLength: bigint;
}

/** A state before its end. */
export interface MachineStateArgument {
  header: bigint;
  stackRoot: Hex;
  memoryRoot: Hex;
  globalsRoot: Hex;
  own: Hex;
}

/** How a task ended. */
export interface EndingArgument {
  outcome: bigint;
  prefix: Hex;
  digest: Hex;
  byteLength: bigint;
}

export function machineArgument({ words }: Pick<Machine, "words">): MachineArgument {
  const hex = words.map((one) => bytesToHex(one));
  const [codeRoot, codeDepth, memoryRoot, globalsRoot, globalsDepth, tableRoot, ...rest] = hex;
  const [tableDepth, dataRoot, dataDepth, entries, pages, stepsPerFuel, slack] = rest;
  const number = (word: Hex | undefined) => BigInt(word ?? 0);
  return {
    codeRoot: codeRoot as Hex,
    codeDepth: number(codeDepth),
    memoryRoot: memoryRoot as Hex,
    globalsRoot: globalsRoot as Hex,
    globalsDepth: number(globalsDepth),
    tableRoot: tableRoot as Hex,
    tableDepth: number(tableDepth),
    dataRoot: dataRoot as Hex,
    dataDepth: number(dataDepth),
    entries: number(entries),
    pages: number(pages),
    stepsPerFuel: number(stepsPerFuel),
    slack: number(slack),
  };
}

export const stateArgument = ({
  header,
  roots,
  own,
}: Pick<StepProof, "roots" | "own"> & { header: Header }): MachineStateArgument => ({
  header: headerWord(header),
  stackRoot: bytesToHex(roots.stack),
  memoryRoot: bytesToHex(roots.memory),
  globalsRoot: bytesToHex(roots.globals),
  own: bytesToHex(own),
});

export const taskArgument = ({
  maxFuel,
  maxResultBytes,
  input,
}: MachineTask): MachineTaskArgument => ({
  maxFuel,
  maxResultBytes: BigInt(maxResultBytes),
  inputPrefix: toHex(input.prefix, { size: 4 }),
  inputDigest: bytesToHex(input.digest),
  inputLength: BigInt(input.bytes.length),
});

export const endingArgument = ({
  outcome,
  prefix,
  digest,
  byteLength,
}: Ending): EndingArgument => ({
  outcome: BigInt(outcomeCode(outcome)),
  prefix: toHex(prefix, { size: 4 }),
  digest: bytesToHex(digest),
  byteLength: BigInt(byteLength),
});
