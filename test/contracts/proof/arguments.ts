/** What the contracts of the proof are given, from what the reference shows. */
import { bytesToHex, type Hex, toHex } from "viem";
import type { Machine, MachineTask, StepProof } from "../../../sdk/src/program/machine/index.ts";
import { headerWord } from "../../../sdk/src/program/machine/index.ts";

/** A machine's words, as the contract takes them. */
export function machineArgument({ words }: Machine) {
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
}: Pick<StepProof, "header" | "roots" | "own">) => ({
  header: headerWord(header),
  stackRoot: bytesToHex(roots.stack),
  memoryRoot: bytesToHex(roots.memory),
  globalsRoot: bytesToHex(roots.globals),
  own: bytesToHex(own),
});

export const taskArgument = ({ maxFuel, maxResultBytes, input }: MachineTask) => ({
  maxFuel,
  maxResultBytes: BigInt(maxResultBytes),
  inputPrefix: toHex(input.prefix, { size: 4 }),
  inputDigest: bytesToHex(input.digest),
  inputLength: BigInt(input.bytes.length),
});
