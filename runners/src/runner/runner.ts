import type { AbortOptions, Outcome } from "@assay/sdk";
import type { CID } from "multiformats/cid";

/** What a task may take; the defaults are those of `submitJob`. */
export interface RunLimits {
  /** Most fuel. */
  maxSteps?: bigint | undefined;
  /** Longest result, in bytes. */
  maxResultBytes?: number | undefined;
}

/** A task's input: its bytes, or the name of a content that the runner can read. */
export type RunInput = Uint8Array | CID;

export interface RunnerParameters extends AbortOptions {
  /** A WebAssembly program, as `compileProgram` or `linkWasi` makes it. */
  program: Uint8Array;
  /** One a task. A stream is read only as far ahead as there is work for. */
  inputs: Iterable<RunInput> | AsyncIterable<RunInput>;
  limits?: RunLimits | undefined;
  /**
   * Names the run, for places that remember what they were asked: a run with the same program, inputs and key finds what the first has bought
   * on the market, instead of buying it again. A queue finds its tasks by what they compute, with a key or without. Others run everything
   * again.
   */
  idempotencyKey?: string | undefined;
  onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** How far a run is, in tasks. */
export interface RunProgress {
  /** Inputs that were read so far. */
  read: number;
  done: number;
}

/** How one task ended. It is the same wherever it ran. */
export type TaskEnd =
  | { outcome: typeof Outcome.ok; bytes: Uint8Array }
  | { outcome: typeof Outcome.trap | typeof Outcome.overLimit };

export type RunResult = {
  /** Which input it belongs to, from 0 on. */
  position: number;
} & TaskEnd;

/** A place where programs run: this process, its cores, machines of one's own, strangers for money. */
export interface Runner {
  /** For people, such as `threads`. */
  readonly name: string;
  /**
   * Runs a program over inputs. Results come as tasks end, in no order. Who stops reading ends the run.
   *
   * @throws InvalidProgramError before anything runs, when no node would run the program.
   * @throws InvalidInputError ContentTooLargeError for an input that no task can have, after the results of those before it.
   * @throws the signal's own reason, once it is aborted.
   */
  run(parameters: RunnerParameters): AsyncIterable<RunResult>;
  /** Ends what is under way, and gives back what the runner holds. */
  close(): Promise<void>;
}
