import { type ByteWriter, byteWriter } from "../instrument/byteWriter.ts";
import { type BinaryReader, binaryReader } from "../module/binary.ts";
import { checkValueType, instructionOf, readOpcode } from "../module/instructions.ts";

/** Where an instruction stands that is written anew. */
export interface Place {
  /** Stands at the first immediate, and has to stand behind the last one afterwards. */
  reader: BinaryReader;
  body: ByteWriter;
  /** Of those that the module has itself, from 0 on. */
  functionIndex: number;
}

/** What writes instructions anew, by their opcodes. All others are copied. */
export type Rewrites = ReadonlyMap<number, (place: Place) => void>;

/** Writes the functions of a module's code section behind each other, with some of their instructions replaced. */
export function rewriteFunctions(code: Uint8Array, out: ByteWriter, rewrites: Rewrites): void {
  const functions = binaryReader(code);
  const count = functions.u32();
  const body = byteWriter();
  for (let functionIndex = 0; functionIndex < count; functionIndex++) {
    const reader = functions.slice(functions.u32());
    body.clear();
    /** From here on nothing is copied yet. */
    let from = reader.offset;
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32();
      checkValueType(reader);
    }
    while (!reader.atEnd) {
      const at = reader.offset;
      const opcode = readOpcode(reader);
      const rewrite = rewrites.get(opcode);
      if (rewrite === undefined) {
        for (const skip of instructionOf(opcode).immediates) skip(reader);
        continue;
      }
      body.copy(code, from, at);
      rewrite({ reader, body, functionIndex });
      from = reader.offset;
    }
    body.copy(code, from, reader.offset);
    out.u32(body.length);
    out.bytes(body.view());
  }
}
