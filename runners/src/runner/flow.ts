import { type AbortOptions, InvalidInputError } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { type BlockReader, ContentTooLargeError, getBytes } from "@assay/sdk/protocol";
import { CID } from "multiformats/cid";
import { RunnerContentError } from "./errors.ts";
import type { RunInput, RunnerParameters, RunResult, TaskEnd } from "./runner.ts";

/** Inputs under way and results that nobody has read yet, in bytes, unless there is only one. */
const WINDOW_BYTES = 64 << 20;

/** A place where tasks end. */
export interface Place {
  /** Most tasks that are under way or whose results nobody has read yet. */
  window: number;
  /** Reads inputs that are named by their CID. */
  content?: BlockReader | undefined;
  /** Longest input that the program can take, in bytes. */
  maxInputBytes: number;
  /** Has to end soon after the signal is aborted. `undefined`: it came to no end, which {@link Place.afterAll} tells. */
  runTask(
    input: Uint8Array,
    task: { position: number; signal: AbortSignal },
  ): Promise<TaskEnd | undefined>;
  /** Called once every result was read; what it throws is thrown. */
  afterAll?(): void;
}

/**
 * What all runners share: reads inputs as far ahead as there is room, and yields results as they come. The first task that throws ends the
 * run, after the results that are there; so does `inputs`, after everything that was read from it. Whoever stops reading ends the run too.
 * When it ends, nothing goes on behind the reader's back: what is under way was aborted and has ended.
 *
 * @throws {@link InvalidInputError} {@link ContentTooLargeError} {@link RunnerContentError}, and the signal's own reason.
 */
export async function* runTasks(
  { inputs, signal, onProgress }: Pick<RunnerParameters, "inputs" | "signal" | "onProgress">,
  place: Place,
): AsyncGenerator<RunResult, void, undefined> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const anyStop = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const source = openInputs(inputs);
  const running = new Set<Promise<void>>();
  const ready: RunResult[] = [];
  let bytes = 0;
  let read = 0;
  let done = 0;
  let isRead = false;
  let failure: { error: unknown } | undefined;
  let inputsFailure: { error: unknown } | undefined;

  // A condition variable: everyone who waits looks again after every change.
  let change = Promise.withResolvers<void>();
  const changed = () => {
    change.resolve();
    change = Promise.withResolvers();
  };
  const isOver = () => anyStop.aborted || failure !== undefined;
  const hasRoom = () => {
    const count = running.size + ready.length;
    return count < place.window && (count === 0 || bytes < WINDOW_BYTES);
  };

  async function runOne(input: RunInput, position: number): Promise<void> {
    let weight = 0;
    const weigh = (byteLength: number) => {
      bytes += byteLength - weight;
      weight = byteLength;
    };
    try {
      const taken = await bytesOf(input, { position, place, signal: anyStop });
      weigh(taken.length);
      anyStop.throwIfAborted();
      const end = await place.runTask(taken, { position, signal: anyStop });
      weigh(end === undefined ? 0 : weightOf(end));
      done++;
      onProgress?.({ read, done });
      if (end !== undefined) ready.push({ position, ...end });
    } catch (error) {
      weigh(0);
      if (!anyStop.aborted) failure ??= { error };
    }
  }

  function start(input: RunInput): void {
    const run = runOne(input, read++).finally(() => {
      running.delete(run);
      changed();
    });
    running.add(run);
    onProgress?.({ read, done });
  }

  async function readInputs(): Promise<void> {
    try {
      for (;;) {
        while (!hasRoom() && !isOver()) await change.promise;
        if (isOver()) break;
        const next = await source.next(anyStop);
        if (next === undefined || isOver()) break;
        start(next.input);
      }
    } catch (error) {
      if (!anyStop.aborted) inputsFailure = { error };
    }
    isRead = true;
    changed();
  }

  anyStop.addEventListener("abort", changed, { once: true });
  const reading = readInputs();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const result = ready.shift();
      if (result !== undefined) {
        bytes -= weightOf(result);
        changed();
        yield result;
      } else if (failure !== undefined) throw failure.error;
      else if (isRead && running.size === 0) {
        if (inputsFailure !== undefined) throw inputsFailure.error;
        place.afterAll?.();
        return;
      } else await change.promise;
    }
  } finally {
    stop.abort();
    await reading;
    await source.close();
    await Promise.all(running);
  }
}

function weightOf(end: TaskEnd): number {
  return "bytes" in end ? end.bytes.length : 0;
}

interface OpenInputs {
  /** `undefined` at the end. */
  next(signal: AbortSignal): Promise<{ input: RunInput } | undefined>;
  /** Tells a stream that was not read to its end that nobody will. */
  close(): Promise<void>;
}

function openInputs(inputs: RunnerParameters["inputs"]): OpenInputs {
  const iterator = iteratorOf(inputs);
  let isOver = false;
  let isWaiting = false;
  return {
    async next(signal) {
      isWaiting = true;
      let step: IteratorResult<RunInput>;
      try {
        const given = iterator.next();
        step = given instanceof Promise ? await abortable(given, signal) : await given;
      } catch (error) {
        isOver = !signal.aborted;
        throw error;
      }
      isWaiting = false;
      isOver = step.done ?? false;
      return isOver ? undefined : { input: step.value };
    },
    async close() {
      if (isOver) return;
      // A stream that hangs hears of its end when it goes on, if ever.
      const closed = Promise.resolve(iterator.return?.()).catch(() => {});
      if (!isWaiting) await closed;
    },
  };
}

function iteratorOf(
  inputs: RunnerParameters["inputs"],
): Iterator<RunInput> | AsyncIterator<RunInput> {
  if (typeof inputs === "object" && inputs !== null && !(inputs instanceof Uint8Array)) {
    if (Symbol.asyncIterator in inputs) return inputs[Symbol.asyncIterator]();
    if (Symbol.iterator in inputs) return inputs[Symbol.iterator]();
  }
  throw new InvalidInputError({ position: undefined, problem: "none" });
}

async function bytesOf(
  input: RunInput,
  { position, place, signal }: { position: number; place: Place } & Required<AbortOptions>,
): Promise<Uint8Array> {
  if (input instanceof Uint8Array) {
    if (input.length > place.maxInputBytes) {
      throw new ContentTooLargeError(
        `Input ${position} for this memory`,
        input.length,
        place.maxInputBytes,
      );
    }
    return input;
  }
  const cid = CID.asCID(input);
  if (cid === null)
    throw new InvalidInputError({ position, problem: "is neither bytes nor a CID" });
  const { content, maxInputBytes: maxBytes } = place;
  if (content === undefined) throw new RunnerContentError(position);
  return getBytes(content, cid, { maxBytes, signal });
}
