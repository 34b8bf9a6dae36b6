import { checkInput, openInputs } from "../runner/inputs.ts";
import type { RunInput, RunnerParameters } from "../runner/runner.ts";

/** Inputs of one job, in bytes, unless there is only one. */
const CHUNK_BYTES = 256 << 20;

/**
 * The inputs of a run in lists of at most `most`. Where the inputs fail, what was read before is given first.
 *
 * @throws InvalidInputError ContentTooLargeError, and what the inputs throw.
 */
export async function* chunksOf(
  inputs: RunnerParameters["inputs"],
  { most, maxInputBytes, signal }: { most: number; maxInputBytes: number; signal: AbortSignal },
): AsyncGenerator<RunInput[], void, undefined> {
  const source = openInputs(inputs);
  let failure: { error: unknown } | undefined;
  let position = 0;
  let isOver = false;

  async function nextChunk(): Promise<RunInput[]> {
    const chunk: RunInput[] = [];
    let bytes = 0;
    try {
      while (chunk.length < most && bytes < CHUNK_BYTES) {
        const next = await source.next(signal);
        if (next === undefined) {
          isOver = true;
          break;
        }
        const input = checkInput(next.input, { position: position++, maxInputBytes });
        bytes += input instanceof Uint8Array ? input.length : maxInputBytes;
        chunk.push(input);
      }
    } catch (error) {
      failure = { error };
    }
    return chunk;
  }

  try {
    while (!isOver && failure === undefined) {
      const chunk = await nextChunk();
      signal.throwIfAborted();
      if (chunk.length > 0) yield chunk;
    }
    if (failure !== undefined) throw failure.error;
  } finally {
    await source.close();
  }
}
