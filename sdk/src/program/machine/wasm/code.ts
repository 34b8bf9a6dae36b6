import { type ByteWriter, byteWriter } from "../../instrument/byteWriter.ts";

/** Types of values, by their byte in a module. */
export const TYPE = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;
export type ValueType = (typeof TYPE)[keyof typeof TYPE];

/** Opcodes that compiled code uses beside those that the machine shares with WebAssembly. */
export const OP = {
  ...{ block: 0x02, if: 0x04, end: 0x0b, return: 0x0f, call: 0x10, callIndirect: 0x11 },
  ...{ returnCall: 0x12, returnCallIndirect: 0x13, select: 0x1b },
  ...{ localGet: 0x20, localSet: 0x21, localTee: 0x22 },
  ...{ i32Load: 0x28, i64Load: 0x29, i32Store: 0x36, i64Store: 0x37 },
  ...{ i32Const: 0x41, i64Const: 0x42, f32Const: 0x43, f64Const: 0x44 },
  ...{ i32Eqz: 0x45, i32Eq: 0x46, i32Ne: 0x47, i32LtS: 0x48, i32LtU: 0x49, i32GeU: 0x4f },
  ...{ i64Eqz: 0x50, i64Eq: 0x51, i64Ne: 0x52, i64LtS: 0x53, i64GtU: 0x56, i64LeU: 0x58 },
  ...{ f32Eq: 0x5b, f64Eq: 0x61 },
  ...{
    i32Add: 0x6a,
    i32Sub: 0x6b,
    i32And: 0x71,
    i32Or: 0x72,
    i32Xor: 0x73,
    i32Shl: 0x74,
    i32ShrU: 0x76,
  },
  ...{
    i64Add: 0x7c,
    i64Sub: 0x7d,
    i64And: 0x83,
    i64Or: 0x84,
    i64Xor: 0x85,
    i64ShrU: 0x88,
    i64Rotl: 0x89,
  },
  ...{ wrap: 0xa7, extendU: 0xad },
  ...{ bitsOfF32: 0xbc, bitsOfF64: 0xbd, f32OfBits: 0xbe, f64OfBits: 0xbf },
  prefix: 0xfc,
} as const;

const NO_RESULT = 0x40;

/** Which memory an access is to. The stack is touched most, and engines are quickest with the first. */
export const MEMORY = { stack: 0, program: 1 } as const;
/** In an alignment: a memory's index follows. */
const HAS_MEMORY = 0x40;

/** Instructions of a function that is being written. */
export interface Code {
  readonly bytes: ByteWriter;
  op(opcode: number): void;
  get(local: number): void;
  set(local: number): void;
  tee(local: number): void;
  i32(value: number): void;
  i64(value: bigint | number): void;
  /** A load or store. */
  access(opcode: number, memory: number, offset: number): void;
  /** Runs `then` if the i32 on the stack is not zero. */
  when(then: () => void): void;
  call(opcode: number, target: number): void;
  /** A local of its own for each value. */
  local(type: ValueType): number;
  clear(): void;
  /** Adds the function's body to a code section. */
  writeTo(section: ByteWriter): void;
}

/** @param parameters - how many locals there are before the first of its own. */
export function codeOf(parameters: number): Code {
  const bytes = byteWriter(1_024);
  const head = byteWriter();
  const types: ValueType[] = [];
  const code: Code = {
    bytes,
    op: (opcode) => bytes.byte(opcode),
    get(local) {
      bytes.byte(OP.localGet);
      bytes.u32(local);
    },
    set(local) {
      bytes.byte(OP.localSet);
      bytes.u32(local);
    },
    tee(local) {
      bytes.byte(OP.localTee);
      bytes.u32(local);
    },
    i32(value) {
      bytes.byte(OP.i32Const);
      bytes.signed(value | 0);
    },
    i64(value) {
      bytes.byte(OP.i64Const);
      writeSigned(bytes, BigInt.asIntN(64, BigInt(value)));
    },
    access(opcode, memory, offset) {
      bytes.byte(opcode);
      if (memory === 0) bytes.byte(0);
      else {
        bytes.byte(HAS_MEMORY);
        bytes.u32(memory);
      }
      bytes.u32(offset);
    },
    when(then) {
      bytes.byte(OP.if);
      bytes.byte(NO_RESULT);
      then();
      bytes.byte(OP.end);
    },
    call(opcode, target) {
      bytes.byte(opcode);
      bytes.u32(target);
    },
    local(type) {
      types.push(type);
      return parameters + types.length - 1;
    },
    clear() {
      bytes.clear();
      types.length = 0;
    },
    writeTo(section) {
      head.clear();
      const groups = runsOf(types);
      head.u32(groups.length);
      for (const { type, count } of groups) {
        head.u32(count);
        head.byte(type);
      }
      section.u32(head.length + bytes.length + 1);
      section.bytes(head.view());
      section.bytes(bytes.view());
      section.byte(OP.end);
    },
  };
  return code;
}

function runsOf(types: readonly ValueType[]): { type: ValueType; count: number }[] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count += 1;
    else runs.push({ type, count: 1 });
  }
  return runs;
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function writeSigned(bytes: ByteWriter, value: bigint): void {
  if (value >= -SAFE && value <= SAFE) {
    bytes.signed(Number(value));
    return;
  }
  let left = value;
  while (left < -0x40n || left >= 0x40n) {
    bytes.byte(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.byte(Number(left & 0x7fn));
}

/** A section: its id, length and contents. */
export function section(out: ByteWriter, id: number, write: (body: ByteWriter) => void): void {
  const body = byteWriter(1_024);
  write(body);
  out.byte(id);
  out.u32(body.length);
  out.bytes(body.view());
}
