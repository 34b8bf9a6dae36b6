/** Changes with every byte that the transformation of `docs/programs.md` gives otherwise than before. */
export const INSTRUMENTATION_VERSION = 1;

/** Exports that the transformation adds begin so; no program may have one of its own. */
export const RESERVED_PREFIX = "assay_";

/** What an instrumented module exports beside the program's own exports. */
export const INSTRUMENTED_EXPORT = {
  /** Mutable i64: fuel that is left. The host sets it before each task. */
  fuel: "assay_fuel",
  /** Mutable i32: stack that is left, in slots. The host sets it to {@link MAX_DEPTH} before each task. */
  depth: "assay_depth",
  /** Mutable i32: why the instrumentation stopped the program; one of {@link STOP}. */
  stop: "assay_stop",
  /** The start function of a program that has one: the host calls it before `alloc`. */
  start: "assay_start",
  /** Followed by the index of a mutable global: with the memory, all state that a task can change. */
  global: "assay_global_",
} as const;

/** Values of `assay_stop` after a trap. */
export const STOP = {
  /** The program itself trapped. */
  none: 0,
  overFuel: 1,
  overDepth: 2,
  /** The host had no memory that the program may have: no outcome, but this machine's trouble. */
  hostMemory: 3,
} as const;

/** Stack of a task, in slots of 8 bytes: half of what V8 gives a thread by default, so that it never decides. */
export const MAX_DEPTH = 65_536;

/** Maximum fuel that the counter holds. A job that allows more has no limit. */
export const MAX_FUEL = 2n ** 63n - 1n;

/** Longest instrumented module, in bytes. */
export const MAX_INSTRUMENTED_BYTES = 64 * 2 ** 20;
