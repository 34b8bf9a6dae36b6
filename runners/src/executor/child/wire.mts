/**
 * What a node and its executor processes say to each other, over one stream of bytes each way: records of a fixed header
 * and a payload, little-endian, one behind the other. Bytes and not objects, because many small tasks then travel in one
 * write, and a large input goes from the stream straight into a program's memory.
 */

/** The child's file descriptor of the stream. */
export const CHANNEL_FD = 3;

/** The child's file descriptor of the file with large inputs. */
export const EXCHANGE_FD = 4;

/**
 * Node → child, carried out one after the other. The payload of `load` is the module, that of `task` the input unless it stands in
 * the exchange.
 */
export type Order =
  | { type: "load"; program: number; payloadBytes: number }
  | { type: "unload"; program: number; payloadBytes: 0 }
  | TaskOrder;

export interface TaskOrder {
  type: "task";
  /** Given back in the reply. */
  id: number;
  /** A program that an earlier order loaded. */
  program: number;
  payloadBytes: number;
  inputBytes: number;
  /** Where the input stands in the exchange, if it is no payload. */
  inputAt: number;
  maxResultBytes: number;
  /** Fuel that the task has. */
  maxSteps: bigint;
  /** Stack that the task has, in the instrumentation's slots. */
  maxDepth: number;
  /** Wall-clock limit in milliseconds. */
  limitMs: number;
}

/** Child → node. */
export interface ReplyHeader {
  type: ReplyType;
  id: number;
  /** Milliseconds that the task took inside the child. */
  elapsedMs: number;
  /** Fuel that it took. */
  fuelUsed: bigint;
  payloadBytes: number;
}

export type ReplyType = (typeof REPLY_TYPES)[number];

/** In the order of their numbers on the wire. */
const REPLY_TYPES = [
  /** Once, without a task: from now on its tasks' time is their own, and not that of a process that is starting. */
  "ready",
  /** The payload is the result. */
  "ok",
  "trap",
  "over-limit",
  // No outcomes; the payload is a message.
  /** The engine does not compile the program. */
  "refused",
  "timed-out",
  "host-out-of-memory",
  "host-out-of-stack",
] as const;

const ORDER_TYPES = ["load", "unload", "task"] as const;

export const ORDER_HEADER_BYTES = 48;
export const REPLY_HEADER_BYTES = 32;

export function writeOrder(view: DataView, at: number, order: Order): void {
  view.setUint32(at, ORDER_TYPES.indexOf(order.type), true);
  view.setUint32(at + 4, order.program, true);
  view.setUint32(at + 8, order.payloadBytes, true);
  if (order.type !== "task") return;
  view.setUint32(at + 12, order.id, true);
  view.setUint32(at + 16, order.maxResultBytes, true);
  view.setUint32(at + 20, order.maxDepth, true);
  view.setBigUint64(at + 24, order.maxSteps, true);
  view.setFloat64(at + 32, order.limitMs, true);
  view.setUint32(at + 40, order.inputBytes, true);
  view.setUint32(at + 44, order.inputAt, true);
}

export function readOrder(view: DataView, at: number): Order {
  const type = ORDER_TYPES[view.getUint32(at, true)];
  const program = view.getUint32(at + 4, true);
  const payloadBytes = view.getUint32(at + 8, true);
  if (type === "load") return { type, program, payloadBytes };
  if (type !== "task") return { type: "unload", program, payloadBytes: 0 };
  return {
    ...{ type, program, payloadBytes },
    id: view.getUint32(at + 12, true),
    maxResultBytes: view.getUint32(at + 16, true),
    maxDepth: view.getUint32(at + 20, true),
    maxSteps: view.getBigUint64(at + 24, true),
    limitMs: view.getFloat64(at + 32, true),
    inputBytes: view.getUint32(at + 40, true),
    inputAt: view.getUint32(at + 44, true),
  };
}

export function writeReply(view: DataView, at: number, reply: ReplyHeader): void {
  view.setUint32(at, REPLY_TYPES.indexOf(reply.type), true);
  view.setUint32(at + 4, reply.id, true);
  view.setFloat64(at + 8, reply.elapsedMs, true);
  view.setUint32(at + 16, reply.payloadBytes, true);
  view.setBigUint64(at + 24, reply.fuelUsed, true);
}

/** @returns `undefined` for what no child of ours says. */
export function readReply(view: DataView, at: number): ReplyHeader | undefined {
  const type = REPLY_TYPES[view.getUint32(at, true)];
  if (type === undefined) return undefined;
  return {
    type,
    id: view.getUint32(at + 4, true),
    elapsedMs: view.getFloat64(at + 8, true),
    payloadBytes: view.getUint32(at + 16, true),
    fuelUsed: view.getBigUint64(at + 24, true),
  };
}
