import { InvalidInputError } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { ContentTooLargeError } from "@assay/sdk/protocol";
import { CID } from "multiformats/cid";
import type { RunInput, RunnerParameters } from "./runner.ts";

/** The inputs of a run, whatever they come in. */
export interface OpenInputs {
  /** `undefined` at the end. */
  next(signal: AbortSignal): Promise<{ input: RunInput } | undefined>;
  /** Tells a stream that was not read to its end that nobody will. */
  close(): Promise<void>;
}

/** @throws {@link InvalidInputError} for what is no list of inputs. */
export function openInputs(inputs: RunnerParameters["inputs"]): OpenInputs {
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

/**
 * Bytes that the program's memory has room for, or a CID.
 *
 * @throws {@link InvalidInputError} {@link ContentTooLargeError}
 */
export function checkInput(
  input: RunInput,
  { position, maxInputBytes }: { position: number; maxInputBytes: number },
): RunInput {
  if (!(input instanceof Uint8Array)) {
    const cid = CID.asCID(input);
    if (cid !== null) return cid;
    throw new InvalidInputError({ position, problem: "is neither bytes nor a CID" });
  }
  if (input.length <= maxInputBytes) return input;
  throw new ContentTooLargeError(`Input ${position} for this memory`, input.length, maxInputBytes);
}
