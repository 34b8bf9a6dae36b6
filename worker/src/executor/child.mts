/**
 * The executor's child process: runs programs as pure functions, each task in a fresh instance. It is started under
 * Node's permission model and may read this file alone, so it imports nothing of ours but types. It holds no key, no
 * environment and no socket but the IPC channel.
 */
import { Script } from "node:vm";
import type { Order, Reply, TaskOrder, TaskResult } from "./protocol.ts";

/** How long orders are carried out before the IPC channel gets its turn. */
const TURN_MS = 5;
/** An overrunning child is killed at the limit; it ends itself this much later when its node died before it. */
const WATCHDOG_GRACE_MS = 2_000;
/** Addresses that cross the ABI are multiples of this: a chunk of BLAKE3 is one aligned subtree of memory. */
const ABI_ALIGNMENT = 1_024;

interface ProgramExports {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  run(address: number, length: number): bigint;
}

const programs = new Map<string, WebAssembly.Module | { refused: string }>();
const orders: Order[] = [];
let turnIsDue = false;

function compile(wasm: Uint8Array): WebAssembly.Module | { refused: string } {
  try {
    return new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
  } catch (error) {
    return { refused: messageOf(error) };
  }
}

function runTask({ program, input, maxResultBytes }: TaskOrder): TaskResult {
  const module = programs.get(program);
  if (module === undefined) return { type: "refused", message: "the program was not loaded" };
  if ("refused" in module) return { type: "refused", message: module.refused };

  let exports: ProgramExports;
  try {
    exports = new WebAssembly.Instance(module).exports as unknown as ProgramExports;
  } catch (error) {
    // A start function or data segment that traps is the program's doing, on every machine.
    if (isHostOutOfMemory(error)) return { type: "host-out-of-memory", message: messageOf(error) };
    return { type: "trap" };
  }
  try {
    const inputAddress = exports.alloc(input.length) >>> 0;
    if (!isInside(exports.memory, inputAddress, input.length)) return { type: "trap" };
    new Uint8Array(exports.memory.buffer, inputAddress, input.length).set(input);

    const packed = BigInt.asUintN(64, exports.run(inputAddress, input.length));
    const address = Number(packed >> 32n);
    const length = Number(packed & 0xffff_ffffn);
    // A broken ABI is a trap, however long the result claims to be.
    if (!isInside(exports.memory, address, length)) return { type: "trap" };
    if (length > maxResultBytes) return { type: "over-limit" };
    return { type: "ok", bytes: new Uint8Array(exports.memory.buffer, address, length) };
  } catch {
    return { type: "trap" };
  }
}

function isInside(memory: WebAssembly.Memory, address: number, length: number): boolean {
  return address % ABI_ALIGNMENT === 0 && address + length <= memory.buffer.byteLength;
}

/** V8 throws a RangeError both for memory it cannot reserve and for a start function that recurses too deep. */
function isHostOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /memory/i.test(error.message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function reply(message: Reply): void {
  // The channel closes when the node goes away; "disconnect" then ends this process.
  process.send?.(message, undefined, undefined, () => {});
}

function carryOut(order: Order): void {
  if (order.type === "load") programs.set(order.program, compile(order.wasm));
  else if (order.type === "unload") programs.delete(order.program);
  else {
    const startedAt = performance.now();
    const result = runTask(order);
    reply({ type: "task", id: order.id, elapsedMs: performance.now() - startedAt, result });
  }
}

/** Carries out orders for {@link TURN_MS}, or one order however long it takes. */
function turn(): void {
  const endsAt = performance.now() + TURN_MS;
  do {
    const order = orders.shift();
    if (order === undefined) return;
    carryOut(order);
  } while (performance.now() < endsAt);
}

// The `timeout` of a script is the one way to stop WebAssembly from within its own process and without a thread of
// ours, which the permission model would not survive. So a child whose node was killed does not spin for ever.
Object.defineProperty(globalThis, "assayTurn", { value: turn });
const guardedTurn = new Script("assayTurn()");

function takeTurn(): void {
  const limitMs = orders.reduce(
    (most, o) => (o.type === "task" ? Math.max(most, o.limitMs) : most),
    0,
  );
  try {
    guardedTurn.runInThisContext({ timeout: Math.ceil(limitMs) + TURN_MS + WATCHDOG_GRACE_MS });
  } catch {
    process.exit(1);
  }
  turnIsDue = orders.length > 0;
  if (turnIsDue) setImmediate(takeTurn);
}

process.on("message", (message) => {
  orders.push(...(message as Order[]));
  if (turnIsDue) return;
  turnIsDue = true;
  setImmediate(takeTurn);
});
process.on("disconnect", () => process.exit(0));
// A terminal's Ctrl-C reaches the whole process group; the node decides when its children go.
process.on("SIGINT", () => {});
reply({ type: "ready" });
