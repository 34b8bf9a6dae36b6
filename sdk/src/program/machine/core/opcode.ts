/** Opcodes of the flattened machine that differ from WebAssembly's. `docs/machine.md` says what each does. */
export const MACHINE = {
  unreachable: 0x00,
  jump: 0x0c,
  jumpIf: 0x0d,
  jumpUnless: 0x0e,
  jumpTable: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  return: 0x12,
  lift: 0x13,
  returnMany: 0x14,
  move: 0x15,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  firstLoad: 0x28,
  lastLoad: 0x35,
  firstStore: 0x36,
  lastStore: 0x3e,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  const: 0x41,
  firstNumeric: 0x45,
  lastNumeric: 0xc4,
  firstSaturating: 0xd0,
  lastSaturating: 0xd7,
  memoryInit: 0xd8,
  memoryCopy: 0xda,
  memoryFill: 0xdb,
} as const;

/** Bytes of an instruction. */
export const INSTRUCTION_BYTES = 16;

/**
 * Most instructions of a machine. Small programs can grow without bound: a branch of two bytes that carries a thousand values takes a thousand
 * instructions. What is larger is refused before it takes a node's memory.
 */
export const MAX_INSTRUCTIONS = 1 << 22;

/** Places of the instrumentation's globals in the machine. */
export const GLOBAL = { fuel: 0, depth: 1, stop: 2, firstOwn: 3 } as const;

/** In place of the start function's entry, and of the caller's pc in the link of a function that the host called. */
export const NONE = 0xffff_ffff;
