/**
 * The executor's child process: runs programs as pure functions, each task from the program's initial state. It is started
 * under Node's permission model and may read this folder alone, so it imports nothing of ours from elsewhere. It holds no
 * key, no environment and nothing open but the stream to its node.
 */
import { Script } from "node:vm";
import { openChannel } from "./channel.mts";
import { type LoadedProgram, loadProgram } from "./program.mts";
import { runTask, type TaskProgress } from "./task.mts";
import type { Order, ReplyType, TaskOrder } from "./wire.mts";

/** How long tasks are run before the event loop, and with it the engine, gets a turn. */
const TURN_MS = 5;

/** Replies are held back after so many tasks of a program in a row that were short, in milliseconds: a long one holds up those before it. */
const SHORT_TASKS = 4;
const SHORT_MS = 1;

const channel = openChannel();
const programs = new Map<number, LoadedProgram | { refused: string }>();
const progress: TaskProgress = { isRunning: false, unreadBytes: 0, startedAt: 0, fuelUsed: 0n };
/** Read from the channel and not begun. */
let next: Order | undefined;
/** The task that was begun last. */
let current: TaskOrder | undefined;
let shortTasks = 0;

function load({ program, payloadBytes }: Order): void {
  const wasm = new Uint8Array(payloadBytes);
  channel.read(wasm);
  try {
    programs.set(program, loadProgram(wasm));
  } catch (error) {
    programs.set(program, { refused: (error as Error).message.slice(0, 1_000) });
  }
}

function run(task: TaskOrder): void {
  // The node takes the first task without a reply for the one that runs, and its program for the one that takes long.
  if (task.program !== current?.program) {
    channel.send();
    shortTasks = 0;
  }
  current = task;
  progress.unreadBytes = task.payloadBytes;
  progress.startedAt = performance.now();
  progress.fuelUsed = 0n;
  const program = programs.get(task.program);
  if (program === undefined) throw new Error(`no program ${task.program} was loaded`);
  if ("refused" in program) end(task, "refused", new TextEncoder().encode(program.refused));
  else {
    const { type, bytes } = runTask(program, task, channel, progress);
    end(task, type, bytes);
  }
}

function end({ id }: TaskOrder, type: ReplyType, bytes?: Uint8Array): void {
  const elapsedMs = performance.now() - progress.startedAt;
  channel.skip(progress.unreadBytes);
  channel.reply({ type, id, elapsedMs, fuelUsed: progress.fuelUsed }, bytes);
  shortTasks = elapsedMs < SHORT_MS ? shortTasks + 1 : 0;
  if (shortTasks < SHORT_TASKS) channel.send();
  else channel.sendOverdue();
}

/** Runs the tasks at hand for {@link TURN_MS}, or one task however long it takes. */
function turn(): void {
  const endsAt = performance.now() + TURN_MS;
  const { limitMs } = next as TaskOrder;
  while (next?.type === "task" && next.limitMs <= limitMs) {
    const task = next;
    next = undefined;
    run(task);
    if (!channel.hasOrder || performance.now() >= endsAt) return;
    next = channel.readOrder();
  }
}

// The `timeout` of a script is the one way to stop WebAssembly from within its own process and without a thread of
// ours, which the permission model would not survive.
Object.defineProperty(globalThis, "assayTurn", { value: turn });
const guardedTurn = new Script("assayTurn()");

function carryOut(order: Order): void {
  if (order.type === "load") load(order);
  else if (order.type === "unload") programs.delete(order.program);
  else {
    next = order;
    try {
      guardedTurn.runInThisContext({ timeout: Math.ceil(order.limitMs) + TURN_MS });
    } catch (error) {
      // Stopped anywhere else than in a program, this process is in no state to go on.
      if (!progress.isRunning || current === undefined) throw error;
      progress.isRunning = false;
      end(current, "timed-out");
    }
  }
}

function takeTurn(): void {
  const order = next ?? channel.readOrder();
  next = undefined;
  carryOut(order);
  setImmediate(takeTurn);
}

// A terminal's Ctrl-C and a service manager's stop reach all processes of a node; it decides when its children go.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
channel.reply({ type: "ready", id: 0, elapsedMs: 0, fuelUsed: 0n });
takeTurn();
