/**
 * What a node and its executor processes say to each other over Node's IPC channel (structured clone). The child
 * imports types only: it may read no file but its own.
 */

/** Node → child: a list of orders, carried out one after the other. */
export type Order = LoadOrder | UnloadOrder | TaskOrder;

export interface LoadOrder {
  type: "load";
  program: string;
  wasm: Uint8Array;
}

export interface UnloadOrder {
  type: "unload";
  program: string;
}

export interface TaskOrder {
  type: "task";
  id: number;
  /** A program that an earlier order loaded. */
  program: string;
  input: Uint8Array;
  maxResultBytes: number;
  /** Wall-clock limit in milliseconds; the node enforces it, and the child by itself if nobody is left to do so. */
  limitMs: number;
}

/** Child → node, once: from now on its tasks' time is their own, and not that of a process that is starting. */
export interface ReadyReply {
  type: "ready";
}

/** Child → node: one for every task, in the order of the orders. */
export interface TaskReply {
  type: "task";
  id: number;
  /** Milliseconds that the task took inside the child. */
  elapsedMs: number;
  result: TaskResult;
}

export type TaskResult =
  | { type: "ok"; bytes: Uint8Array }
  | { type: "trap" }
  | { type: "over-limit" }
  /** The engine does not compile the program. */
  | { type: "refused"; message: string }
  /** The host could not give the instance its memory: this machine's trouble and no outcome. */
  | { type: "host-out-of-memory"; message: string };

export type Reply = ReadyReply | TaskReply;
