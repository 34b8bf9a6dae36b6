import { hexToBytes } from "../../../protocol/hashes/hex.ts";
import type { MachineArgument, MachineStateArgument } from "../chain/arguments.ts";
import { MACHINE } from "../core/opcode.ts";
import { type Header, PHASE, type Phase } from "../core/state.ts";
import { LEAF_BYTES } from "../merkle/tree.ts";
import { instructionAt } from "../step/enter.ts";
import { execute, type Instruction } from "../step/instructions.ts";
import { nameOf } from "./names.ts";
import { shownCells, type Touched, witnessReader } from "./shownCells.ts";

/** One step of a task, as it was shown to a chain. */
export interface ShownStep {
  machine: Pick<MachineArgument, "codeDepth" | "globalsDepth" | "tableDepth" | "dataDepth">;
  state: Pick<MachineStateArgument, "header">;
  witness: `0x${string}`;
}

export interface ExplainedStep {
  /** In a few words, such as `f64.mul(0x3ff8000000000000, 0x4000000000000000) = 0x4008000000000000`. */
  text: string;
  /** Where an instruction is carried out: its place in the machine's code, and its name. */
  instruction: { pc: number; name: string } | undefined;
  /** What it reads and writes, in order. */
  reads: readonly Touched[];
  writes: readonly Touched[];
}

const HOST_STEPS: Partial<Record<Phase, string>> = {
  [PHASE.begin]: "the task begins with all its fuel",
  [PHASE.startReturned]: "the start function has returned",
  [PHASE.allocReturned]: "alloc has returned, and gives the input a place",
  [PHASE.runReturned]: "run has returned, and gives the result's place",
  [PHASE.trapped]: "the program has trapped: the task ends",
};
/** Blocks that are done, in the program counter of hashing. */
const LINKS = 256;

/**
 * Says in words what a step does that a party has proved. It believes the proof: whether that fits its state is for the chain to check.
 *
 * @throws RangeError when the proof is too short to be one.
 */
export function explainStep({ machine, state, witness }: ShownStep): ExplainedStep {
  const header = readHeader(state.header);
  const { phase, pc } = header;
  if (phase < PHASE.start || phase > PHASE.run) {
    return { text: hostText(header), instruction: undefined, reads: [], writes: [] };
  }
  const reader = witnessReader(hexToBytes(witness));
  const code = reader.take(LEAF_BYTES);
  reader.skip(Number(machine.codeDepth));
  const instruction = instructionAt(code, pc % 2);
  const cells = shownCells(reader, {
    globals: Number(machine.globalsDepth),
    table: Number(machine.tableDepth),
    data: Number(machine.dataDepth),
  });
  execute(header, cells, instruction);
  const { reads, writes } = cells;
  const ends = header.phase === PHASE.trapped ? " traps" : resultText(writes);
  const name = nameOf(instruction.opcode);
  const text = `${name}${operandText(instruction, reads)}${ends}`;
  return { text, instruction: { pc, name }, reads, writes };
}

function hostText({ phase, pc, progress }: Header): string {
  if (phase === PHASE.load) return `chunk ${progress} of the input's block ${pc} is loaded`;
  if (phase !== PHASE.hash) return HOST_STEPS[phase] ?? "the task is over";
  const block = Math.floor(pc / LINKS);
  return `block ${block} of the result is hashed, ${progress} of its chunks being in already`;
}

/** The operands from the lowest on; they are read from the top of the stack down. */
function operandText({ opcode, a, b }: Instruction, reads: readonly Touched[]): string {
  const operands = reads
    .filter(({ tree }) => tree === "stack")
    .map(({ value }) => hex(value))
    .reverse();
  const isAccess = opcode >= MACHINE.firstLoad && opcode <= MACHINE.lastStore;
  if (isAccess && b > 0n) operands[0] = `${operands[0]} + ${b}`;
  if (opcode === MACHINE.const) operands.push(hex(b));
  const isNumbered = opcode >= MACHINE.localGet && opcode <= MACHINE.globalSet;
  const place = isNumbered ? ` ${a}` : "";
  return operands.length === 0 ? place : `${place}(${operands.join(", ")})`;
}

function resultText(writes: readonly Touched[]): string {
  const results = writes.map(({ tree, at, value }) =>
    tree === "stack" ? hex(value) : `${tree}[${at}] = ${hex(value)}`,
  );
  if (results.length === 0) return "";
  return writes[0]?.tree === "stack" ? ` = ${results.join(", ")}` : `: ${results.join(", ")}`;
}

const hex = (value: bigint) => `0x${value.toString(16)}`;

/** A header from its word; the inverse of `headerWord`. */
function readHeader(word: bigint): Header {
  const field = (index: number) => Number((word >> BigInt(216 - 32 * index)) & 0xffff_ffffn);
  return {
    ...{ phase: Number(word >> 248n) as Phase, pc: field(0), sp: field(1), fp: field(2) },
    ...{ pages: field(3), address: field(4), length: field(5), progress: field(6) },
  };
}
