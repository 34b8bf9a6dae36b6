import type { AbortOptions } from "@assay/sdk";
import { type BlockReader, getBytes } from "@assay/sdk/protocol";
import { RunnerContentError } from "./errors.ts";
import { checkInput, openInputs } from "./inputs.ts";
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

async function bytesOf(
  input: RunInput,
  { position, place, signal }: { position: number; place: Place } & Required<AbortOptions>,
): Promise<Uint8Array> {
  const { content, maxInputBytes } = place;
  const checked = checkInput(input, { position, maxInputBytes });
  if (checked instanceof Uint8Array) return checked;
  if (content === undefined) throw new RunnerContentError(position);
  return getBytes(content, checked, { maxBytes: maxInputBytes, signal });
}
