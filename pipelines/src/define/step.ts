import type { RunLimits } from "@assay/runners";
import type { ValueType } from "./valueType.ts";

export const STEP_KINDS = [
  "input",
  "program",
  "map",
  "filter",
  "flatMap",
  "reduce",
  "join",
  "effect",
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/**
 * What becomes of the run when a task fails. `skip`: its path stays empty. `retry`: so many times again, after `backoffMs` and
 * then twice as long each time; if that does not help, `otherwise`. A trap and an exceeded limit are final: they are not tried again.
 */
export type FailurePolicy =
  | "stop"
  | "skip"
  | {
      retry: number;
      otherwise?: "stop" | "skip" | undefined;
      /** Milliseconds. Default: 1000. */
      backoffMs?: number | undefined;
    };

/** A WebAssembly program that a runner runs. */
export interface ProgramWork {
  kind: "program";
  wasm: Uint8Array;
  limits: RunLimits;
  /** Of a typed program: gives it its input. Missing: it takes the bytes of the edge. */
  encode: ((value: unknown) => Uint8Array) | undefined;
}

/** What a local function is told besides its values. */
export interface FunctionContext {
  /** Epoch, position in it, and position in each fan-out since. */
  path: readonly number[];
  /** The same for the same item of the same step in each try and each run: an idempotency key. */
  key: string;
  signal: AbortSignal;
}

/** A TypeScript function that runs in this process. */
export interface FunctionWork {
  kind: "function";
  run: (values: unknown[], context: FunctionContext) => unknown;
  /** Changes when the function does. Without it results are remembered for one run only. */
  version: string | undefined;
  /** Of an effect: whether it happened, asked when a process died during it. */
  isDone: ((values: unknown[], context: FunctionContext) => unknown) | undefined;
  /** Of an effect: it may be done again under the same key. */
  isIdempotent: boolean;
  /** Of an effect: which item it is, instead of its path. */
  identify: ((value: unknown) => string) | undefined;
}

export type Work = ProgramWork | FunctionWork;

/** An item of a stream, with its epoch. */
export interface EpochItem<T = unknown> {
  /** A whole number from 0 on; it never goes down. An epoch ends when a later one begins, or the stream does. */
  epoch: number;
  value: T;
}

/**
 * A stream that cannot be read again: what comes from it is kept in the store until it is done with, and a run that goes on after a
 * kill has it from there.
 */
export interface EpochStream<T = unknown> {
  /** @param from - how many items were read already: the first one to give has this number. */
  open(from: number): Iterable<EpochItem<T>> | AsyncIterable<EpochItem<T>>;
  /** It can be opened without losing anything, and ends: a plan reads it, too. */
  isRepeatable?: boolean | undefined;
}

/**
 * What an input reads. An iterable is one epoch, and gives the same again when the run goes on after a kill; with `epochs` it is any number of them.
 */
export type InputGiven<T = unknown> = Iterable<T> | AsyncIterable<T> | EpochStream<T>;

/** An input, from which a run reads when it is given nothing else. */
export type InputSource = () => InputGiven;

/** One step, whoever defined it. */
export interface StepDefinition {
  name: string;
  kind: StepKind;
  /** The steps whose items it takes. One, except for a join. */
  from: readonly string[];
  gives: ValueType<unknown>;
  /** What it wants from each of `from`. Missing: whatever comes. */
  takes: readonly (ValueType<unknown> | undefined)[];
  /** Missing for an input. */
  work: Work | undefined;
  /** Of a reduce: the step for each of whose items it gives one, `epoch` for one an epoch. */
  per: string;
  /** Of a reduce: most values that are combined at once. */
  arity: number;
  onFailure: FailurePolicy;
  /** The runner's name, for a program. */
  runner: string | undefined;
  /** Calls of a function at a time, as long as it returns promises. */
  concurrency: number;
  source: InputSource | undefined;
  /** Where it is written. */
  where: string | undefined;
}

/** A checked pipeline. */
export interface Pipeline {
  readonly name: string;
  /** Each step after those that it takes from. */
  readonly steps: readonly StepDefinition[];
}
