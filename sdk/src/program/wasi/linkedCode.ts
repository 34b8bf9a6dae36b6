import { type ByteWriter, byteWriter } from "../instrument/byteWriter.ts";
import { OPCODE } from "../module/instructions.ts";
import type { Module } from "../module/readModule.ts";
import { F32, F64, I32, I64, SECTION, type Signature } from "../module/sections.ts";
import { ENOSYS, PROC_EXIT } from "./calls.ts";
import { findExitPaths } from "./exitPaths.ts";
import { type Place, type Rewrites, rewriteFunctions } from "./rewriteCode.ts";
import { indexIn, type Shim } from "./shim.ts";

export interface Linking {
  command: Module;
  /** Names of the functions that the command imports. */
  imports: readonly string[];
  /** Index of the command's `_start`. */
  start: number;
}

/** Writes the code section: what stands in the place of the imports, the command's own functions, those that the shim imports, and the shim's. */
export function writeLinkedCode(linking: Linking, shim: Shim): ByteWriter {
  const { command, imports } = linking;
  const own = command.sections.get(SECTION.code) ?? new Uint8Array([0]);
  const out = byteWriter(own.length + 65_536);
  out.u32(command.functions.length + shim.functions.length);
  for (const [index, name] of imports.entries()) {
    const type = command.types[command.functions[index] as number] as Signature;
    writeFunction(out, (body) => writeForwarder(body, name, type, shim));
  }
  rewriteFunctions(own, out, commandRewrites(linking, shim));
  for (const name of shim.imports) {
    writeFunction(out, (body) =>
      name === "start" ? writeStart(body, linking, shim) : writeImageCopy(body, command),
    );
  }
  rewriteFunctions(shim.sections.get(SECTION.code) as Uint8Array, out, shimRewrites(shim));
  return out;
}

/** Writes a function without locals. */
function writeFunction(out: ByteWriter, write: (body: ByteWriter) => void): void {
  const body = byteWriter();
  body.byte(0);
  write(body);
  body.byte(OPCODE.end);
  out.u32(body.length);
  out.bytes(body.view());
}

/** What stands in the place of an import: it calls the shim's function, or answers that there is none. */
function writeForwarder(
  body: ByteWriter,
  name: string,
  { parameters }: Signature,
  shim: Shim,
): void {
  if (!shim.exports.has(name)) {
    body.byte(OPCODE.i32Const);
    body.signed(ENOSYS);
    return;
  }
  for (const index of parameters.keys()) {
    body.byte(OPCODE.localGet);
    body.u32(index);
  }
  writeCall(body, indexIn(shim, name));
}

/** Runs the command: its start function, where it has one, and `_start`. */
function writeStart(
  body: ByteWriter,
  { command: { startFunction }, start }: Linking,
  shim: Shim,
): void {
  if (startFunction !== undefined) {
    writeCall(body, startFunction);
    writeExitCheck(body, indexIn(shim, "exited"), []);
  }
  writeCall(body, start);
}

/** Copies from the image to memory. */
function writeImageCopy(body: ByteWriter, command: Module): void {
  for (const local of [0, 1, 2]) body.bytes([OPCODE.localGet, local]);
  body.bytes([0xfc, 8]); // memory.init
  body.u32(command.dataIsPassive.length);
  body.byte(0); // the memory
}

function writeCall(body: ByteWriter, index: number): void {
  body.byte(OPCODE.call);
  body.u32(index);
}

/** Zeros of each type, as instructions. */
const ZEROS: Readonly<Record<number, readonly number[]>> = {
  [I32]: [0x41, 0],
  [I64]: [0x42, 0],
  [F32]: [0x43, 0, 0, 0, 0],
  [F64]: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
};

/** Returns from a function, if the command has ended by now. */
function writeExitCheck(body: ByteWriter, exited: number, results: readonly number[]): void {
  body.byte(OPCODE.globalGet);
  body.u32(exited);
  body.bytes([OPCODE.if, 0x40]);
  for (const type of results) body.bytes(ZEROS[type] as number[]);
  body.bytes([OPCODE.return, OPCODE.end]);
}

/** The command asks the shim for memory, and its functions return once it has ended. */
function commandRewrites({ command, imports }: Linking, shim: Shim): Rewrites {
  const { types, functions } = command;
  const exits = imports.flatMap((name, index) => (name === PROC_EXIT ? [index] : []));
  const { mayExit, mayExitIndirectly } = findExitPaths(command, exits);
  const exited = indexIn(shim, "exited");
  const checkExit = ({ body, functionIndex }: Place) => {
    const type = types[functions[imports.length + functionIndex] as number] as Signature;
    writeExitCheck(body, exited, type.results);
  };
  const ask = (name: string) => {
    const index = indexIn(shim, name);
    return ({ reader, body }: Place) => {
      reader.u32(); // the memory
      writeCall(body, index);
    };
  };
  return new Map([
    [OPCODE.memorySize, ask("memory_size")],
    [OPCODE.memoryGrow, ask("memory_grow")],
    [
      OPCODE.call,
      (place: Place) => {
        const callee = place.reader.u32();
        writeCall(place.body, callee);
        if (mayExit(callee)) checkExit(place);
      },
    ],
    [
      OPCODE.callIndirect,
      (place: Place) => {
        const type = place.reader.u32();
        place.body.byte(OPCODE.callIndirect);
        place.body.u32(type);
        place.body.u32(place.reader.u32()); // the table
        if (mayExitIndirectly(type)) checkExit(place);
      },
    ],
  ]);
}

/** Moves the shim's indices to where its items stand now. It has no tables, and no blocks of several values. */
function shimRewrites({ firstFunction, firstGlobal }: Shim): Rewrites {
  const move =
    (opcode: number, by: number) =>
    ({ reader, body }: Place) => {
      body.byte(opcode);
      body.u32(by + reader.u32());
    };
  return new Map([
    [OPCODE.call, move(OPCODE.call, firstFunction)],
    [OPCODE.globalGet, move(OPCODE.globalGet, firstGlobal)],
    [OPCODE.globalSet, move(OPCODE.globalSet, firstGlobal)],
  ]);
}
