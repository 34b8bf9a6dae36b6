import { InvalidProgramError } from "../../errors/program.ts";
import { INSTRUCTION_BYTES, MAX_INSTRUCTIONS } from "../core/opcode.ts";

/** Instructions of the machine, in a list that grows at its end. */
export interface CodeWriter {
  /** The place of the next instruction. */
  readonly pc: number;
  /** @throws {@link InvalidProgramError} when there are more than a machine may have. */
  emit(opcode: number, a?: number, b?: number | bigint): void;
  /** Sets the `b` of an instruction whose target was not known when it was written. */
  patch(pc: number, target: number): void;
  /** A view that the next instruction may leave behind. */
  view(): Uint8Array;
}

export function codeWriter(instructions = 1_024): CodeWriter {
  let view = new DataView(new ArrayBuffer(instructions * INSTRUCTION_BYTES));
  let pc = 0;
  return {
    get pc() {
      return pc;
    },
    emit(opcode, a = 0, b = 0n) {
      if (pc === MAX_INSTRUCTIONS) throw tooMany();
      const at = pc * INSTRUCTION_BYTES;
      if (at === view.byteLength) {
        const larger = new Uint8Array(2 * at);
        larger.set(new Uint8Array(view.buffer));
        view = new DataView(larger.buffer);
      }
      view.setUint8(at, opcode);
      view.setUint32(at + 4, a);
      view.setBigUint64(at + 8, BigInt(b));
      pc += 1;
    },
    patch(target, b) {
      view.setBigUint64(target * INSTRUCTION_BYTES + 8, BigInt(b));
    },
    view: () => new Uint8Array(view.buffer, 0, pc * INSTRUCTION_BYTES),
  };
}

function tooMany(): InvalidProgramError {
  return new InvalidProgramError(
    "PROGRAM_TOO_LARGE",
    `it becomes more than ${MAX_INSTRUCTIONS} instructions of the machine, and so cannot be proved. Leave out code, or branches that carry many values; or name an arbiter that needs no proof.`,
  );
}
