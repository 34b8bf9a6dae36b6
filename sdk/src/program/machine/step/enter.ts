import { INSTRUCTION_BYTES, NONE } from "../core/opcode.ts";
import type { Header, Phase } from "../core/state.ts";
import type { Cells } from "./cells.ts";
import type { Instruction } from "./instructions.ts";

/** In the link of a function that the host called: there is nowhere to return to. */
const HOST_LINK = BigInt(NONE) << 32n;

/** Begins a call by the host: its arguments are the first slots of the stack. */
export function enter(
  header: Header,
  cells: Cells,
  { phase, entry, args }: { phase: Phase; entry: number; args: readonly bigint[] },
): void {
  for (const [index, value] of args.entries()) cells.setSlot(index, value);
  cells.setSlot(args.length, HOST_LINK);
  header.phase = phase;
  header.pc = entry;
  header.fp = 0;
  header.sp = args.length + 1;
}

/** Reads an instruction of the code. */
export function instructionAt(code: Uint8Array, pc: number): Instruction {
  const view = new DataView(
    code.buffer,
    code.byteOffset + pc * INSTRUCTION_BYTES,
    INSTRUCTION_BYTES,
  );
  return { opcode: view.getUint8(0), a: view.getUint32(4), b: view.getBigUint64(8) };
}
