import type { Channel } from "./channel.mts";
import type { LoadedProgram, ProgramExports } from "./program.mts";
import type { ReplyType, TaskOrder } from "./wire.mts";

/** Addresses that cross the ABI are multiples of this: a chunk of BLAKE3 is one aligned subtree of memory. */
const ABI_ALIGNMENT = 1_024;

/** How a task ended. The bytes of a result are the program's memory itself. */
export interface TaskEnd {
  type: ReplyType;
  bytes?: Uint8Array;
}

/** A task on its way, for whoever stops it. */
export interface TaskProgress {
  /** Set while code of the program runs, and only then. */
  isRunning: boolean;
  /** Of the input, still in the channel. */
  unreadBytes: number;
  /** Milliseconds of {@link performance.now}: when it began, waiting for the input left out. */
  startedAt: number;
  /** Of a task that has ended. */
  fuelUsed: bigint;
}

/**
 * Runs one task from the program's initial state. The order of checks is that of `docs/programs.md`: start function, `alloc`,
 * the input's place, `run`, the result's place, its length.
 */
export function runTask(
  program: LoadedProgram,
  order: TaskOrder,
  channel: Pick<Channel, "read" | "readExchange">,
  progress: TaskProgress,
): TaskEnd {
  let instance: ProgramExports;
  try {
    instance = program.take();
  } catch (error) {
    // Data or table segments that do not fit are the program's doing, on every machine.
    return endOf(error, 0);
  }
  const end = runIn(instance, order, channel, progress);
  const left = instance.assay_fuel.value;
  progress.fuelUsed = left < 0n ? order.maxSteps : order.maxSteps - left;
  if (end.type === "ok") program.giveBack(instance);
  return end;
}

function runIn(
  instance: ProgramExports,
  { payloadBytes, inputBytes, inputAt, maxDepth, maxResultBytes, maxSteps }: TaskOrder,
  channel: Pick<Channel, "read" | "readExchange">,
  progress: TaskProgress,
): TaskEnd {
  const { memory, assay_fuel, assay_depth, assay_stop, assay_start } = instance;
  const stop = () => assay_stop.value;
  assay_fuel.value = maxSteps;
  assay_depth.value = maxDepth;
  assay_stop.value = 0;

  let inputAddress: number;
  try {
    progress.isRunning = true;
    assay_start?.();
    if (assay_fuel.value < 0n) return { type: "over-limit" };
    inputAddress = instance.alloc(inputBytes) >>> 0;
  } catch (error) {
    return endOf(error, stop());
  } finally {
    progress.isRunning = false;
  }
  if (assay_fuel.value < 0n) return { type: "over-limit" };
  if (!isInside(memory, inputAddress, inputBytes)) return { type: "trap" };
  const waitsSince = performance.now();
  const place = new Uint8Array(memory.buffer, inputAddress, inputBytes);
  if (payloadBytes === inputBytes) channel.read(place);
  else channel.readExchange(place, inputAt);
  progress.unreadBytes = 0;
  progress.startedAt += performance.now() - waitsSince;

  let packed: bigint;
  try {
    progress.isRunning = true;
    packed = BigInt.asUintN(64, instance.run(inputAddress, inputBytes));
  } catch (error) {
    return endOf(error, stop());
  } finally {
    progress.isRunning = false;
  }
  if (assay_fuel.value < 0n) return { type: "over-limit" };
  const address = Number(packed >> 32n);
  const byteLength = Number(packed & 0xffff_ffffn);
  // A broken ABI is a trap, however long the result claims to be.
  if (!isInside(memory, address, byteLength)) return { type: "trap" };
  if (byteLength > maxResultBytes) return { type: "over-limit" };
  return { type: "ok", bytes: new Uint8Array(memory.buffer, address, byteLength) };
}

function isInside(memory: WebAssembly.Memory, address: number, byteLength: number): boolean {
  return address % ABI_ALIGNMENT === 0 && address + byteLength <= memory.buffer.byteLength;
}

/** Why the instrumentation stopped the program, as `assay_stop` says. */
const STOPS: Record<number, TaskEnd> = {
  1: { type: "over-limit" },
  2: { type: "over-limit" },
  3: troubleOf("host-out-of-memory", "memory.grow was refused below the program's maximum"),
};

function endOf(error: unknown, stop: number): TaskEnd {
  const stopped = STOPS[stop];
  if (stopped !== undefined) return stopped;
  if (error instanceof WebAssembly.RuntimeError) return { type: "trap" };
  // V8 throws a RangeError both for memory that it cannot reserve and for a native stack that is full.
  if (!(error instanceof RangeError)) throw error;
  const isMemory = /memory/i.test(error.message);
  return troubleOf(isMemory ? "host-out-of-memory" : "host-out-of-stack", error.message);
}

function troubleOf(type: ReplyType, message: string): TaskEnd {
  return { type, bytes: new TextEncoder().encode(message) };
}
