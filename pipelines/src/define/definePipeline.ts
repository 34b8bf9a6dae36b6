import type { RunLimits } from "@assay/runners";
import type { TypedProgram } from "@assay/sdk/program";
import { checkPipeline } from "./checkPipeline.ts";
import { PipelineInvalidError } from "./errors.ts";
import type {
  FailurePolicy,
  FunctionContext,
  InputGiven,
  Pipeline,
  StepDefinition,
  Work,
} from "./step.ts";
import { bytes, type ValueType } from "./valueType.ts";

/** What a step gives: other steps take from it. */
export interface Edge<T> {
  readonly step: string;
  readonly type: ValueType<T>;
}

type MaybePromise<T> = T | Promise<T>;

export interface StepOptions {
  /** Default: `stop`. */
  onFailure?: FailurePolicy | undefined;
}

export interface FunctionOptions extends StepOptions {
  /**
   * Change it when the function changes. With it results are remembered from run to run; without it a run and what continues it
   * remember them, and the next one computes again.
   */
  version?: string | undefined;
  /** Calls at a time, as long as it returns promises. Default: 8. */
  concurrency?: number | undefined;
}

export interface ProgramOptions extends StepOptions {
  /** Default: the only runner, or the one that a run calls `default`. */
  runner?: string | undefined;
  /** Of a task. Default: those of `submitJob`. */
  limits?: RunLimits | undefined;
}

export interface ReduceOptions {
  /** One result for each item of this step, which has to stand before a fan-out. Default: one for each epoch. */
  per?: Edge<unknown> | undefined;
  /** Most values that are combined at once, 2 to 1024. Default: 16. */
  arity?: number | undefined;
}

export interface EffectOptions<In> extends StepOptions {
  concurrency?: number | undefined;
  version?: string | undefined;
  /** Whether it happened: asked when a process died while it was under way. */
  isDone?: ((value: In, context: FunctionContext) => MaybePromise<boolean>) | undefined;
  /**
   * Which item this is, such as an order's number. Default: its path; then an item that comes in before others moves them, and they are other ones.
   */
  identify?: ((value: In) => string) | undefined;
  /** It may be done again under the same key. Default: false. */
  idempotent?: boolean | undefined;
}

/** Adds the steps of a pipeline. Each gives an edge, from which later ones take. */
export interface PipelineBuilder {
  /** Where items come in. A run is given them by name; without that it reads `source`. */
  input<T>(
    name: string,
    type: ValueType<T>,
    options?: { source?: (() => InputGiven<T>) | undefined },
  ): Edge<T>;
  /** Runs a WebAssembly program for each item. A module alone takes the item's bytes, and gives bytes. */
  program(
    name: string,
    from: Edge<unknown>,
    wasm: Uint8Array,
    options?: ProgramOptions,
  ): Edge<Uint8Array>;
  program<In, Out>(
    name: string,
    from: Edge<In>,
    program: TypedProgram<In, Out>,
    options?: ProgramOptions,
  ): Edge<Out>;
  /** Calls a function of this process for each item. It gives the same for the same, and changes nothing. */
  map<In, Out>(
    name: string,
    from: Edge<In>,
    gives: ValueType<Out>,
    run: (value: In, context: FunctionContext) => MaybePromise<Out>,
    options?: FunctionOptions,
  ): Edge<Out>;
  filter<T>(
    name: string,
    from: Edge<T>,
    keep: (value: T, context: FunctionContext) => MaybePromise<boolean>,
    options?: FunctionOptions,
  ): Edge<T>;
  /** Fan-out: an item becomes any number of items. A generator is read as the steps behind it have room. */
  flatMap<In, Out>(
    name: string,
    from: Edge<In>,
    gives: ValueType<Out>,
    run: (value: In, context: FunctionContext) => MaybePromise<Iterable<Out> | AsyncIterable<Out>>,
    options?: FunctionOptions,
  ): Edge<Out>;
  /** Fan-in: combines values in order, as a tree. One value alone is not combined; none give none. */
  reduce<T>(
    name: string,
    from: Edge<T>,
    combine: ((values: T[], context: FunctionContext) => MaybePromise<T>) | ReduceProgram,
    options?: FunctionOptions & ProgramOptions & ReduceOptions,
  ): Edge<T>;
  /** Pairs the items of several steps by their path. An item of an epoch, or of a parent, goes with each below it. */
  join<In extends Record<string, unknown>, Out>(
    name: string,
    from: { [Name in keyof In]: Edge<In[Name]> },
    gives: ValueType<Out>,
    run: (values: In, context: FunctionContext) => MaybePromise<Out>,
    options?: FunctionOptions,
  ): Edge<Out>;
  /** Changes the world outside, once for each item and its content. */
  effect<In>(
    name: string,
    from: Edge<In>,
    run: (value: In, context: FunctionContext) => MaybePromise<void>,
    options?: EffectOptions<In>,
  ): void;
}

/** A program that combines: its input is a list of parts, see `encodeParts`. */
export interface ReduceProgram {
  wasm: Uint8Array;
}

/** Calls of a local function at a time. */
const CONCURRENCY = 8;
export const ARITY = 16;

/** A step with everything that it does not say. */
export function stepDefinition(
  step: Pick<StepDefinition, "name" | "kind" | "from" | "gives"> & Partial<StepDefinition>,
): StepDefinition {
  return {
    ...{ takes: [], work: undefined, per: "epoch", arity: ARITY, onFailure: "stop" },
    ...{ runner: undefined, concurrency: CONCURRENCY, source: undefined, where: undefined },
    ...step,
  };
}

/**
 * Defines a pipeline and checks it.
 *
 * @throws {@link PipelineInvalidError} when two steps have one name, or types do not fit.
 * @example
 * const pipeline = definePipeline("lengths", (p) => {
 *   const pages = p.input("pages", text);
 *   const lengths = p.map("lengths", pages, value<number>("number"), (page) => page.length, { version: "1" });
 *   p.reduce("longest", lengths, (all) => Math.max(...all), { version: "1" });
 * });
 */
export function definePipeline(name: string, build: (builder: PipelineBuilder) => void): Pipeline {
  const steps: StepDefinition[] = [];
  const own = new Set<Edge<unknown>>();

  function add<T>(
    step: Pick<StepDefinition, "name" | "kind"> & Partial<StepDefinition>,
    from: readonly Edge<unknown>[],
    type: ValueType<T>,
  ): Edge<T> {
    for (const edge of from) {
      if (own.has(edge)) continue;
      throw new PipelineInvalidError(
        `Step ${step.name} takes from ${edge?.step}, which belongs to another pipeline.`,
      );
    }
    const gives = type as ValueType<unknown>;
    steps.push(stepDefinition({ ...step, from: from.map((edge) => edge.step), gives }));
    const edge: Edge<T> = { step: step.name, type };
    own.add(edge as Edge<unknown>);
    return edge;
  }

  const builder: PipelineBuilder = {
    input: (name, type, { source } = {}) => add({ name, kind: "input", source }, [], type),
    program(
      name: string,
      from: Edge<unknown>,
      given: Uint8Array | TypedProgram<unknown, unknown>,
      { runner, limits = {}, onFailure = "stop" }: ProgramOptions = {},
    ) {
      const isPlain = given instanceof Uint8Array;
      const wasm = isPlain ? given : given.program;
      if (!(wasm instanceof Uint8Array)) {
        throw new PipelineInvalidError(`Step ${name} has a program by its CID: give its bytes.`);
      }
      const encode = isPlain ? undefined : given.encode;
      const work: Work = { kind: "program", wasm, limits, encode };
      const gives = isPlain ? bytes : { ...resultType(name), decode: given.decode };
      return add(
        { name, kind: "program", work, runner, onFailure },
        [from],
        gives as ValueType<never>,
      );
    },
    map: (name, from, gives, run, options) =>
      add({ name, kind: "map", ...ofFunction(run, options) }, [from], gives),
    filter: (name, from, keep, options) =>
      add({ name, kind: "filter", ...ofFunction(keep, options) }, [from], from.type),
    flatMap: (name, from, gives, run, options) =>
      add({ name, kind: "flatMap", ...ofFunction(run, options) }, [from], gives),
    reduce(name, from, combine, options = {}) {
      const { per, arity = ARITY, runner, limits = {} } = options;
      const ofWork =
        typeof combine === "function"
          ? ofFunction(combine, options, (values) => [values])
          : { work: { kind: "program", wasm: combine.wasm, limits, encode: undefined } as const };
      const step = { name, kind: "reduce", ...ofWork, arity, runner } as const;
      return add(
        { ...step, per: per?.step ?? "epoch", onFailure: options.onFailure ?? "stop" },
        [from],
        from.type,
      );
    },
    join(name, from, gives, run, options) {
      const names = Object.keys(from);
      const asRecord = (values: unknown[]) => [
        Object.fromEntries(names.map((key, i) => [key, values[i]])),
      ];
      const edges = names.map((key) => from[key] as Edge<unknown>);
      return add({ name, kind: "join", ...ofFunction(run, options, asRecord) }, edges, gives);
    },
    effect(name, from, run, options = {}) {
      const { work, ...rest } = ofFunction(run, options);
      const { isDone, idempotent: isIdempotent = false } = options;
      const identify = options.identify as ((value: unknown) => string) | undefined;
      const asked =
        isDone &&
        (([value]: unknown[], context: FunctionContext) => isDone(value as never, context));
      add(
        { name, kind: "effect", ...rest, work: { ...work, isDone: asked, isIdempotent, identify } },
        [from],
        bytes,
      );
    },
  };
  build(builder);
  return checkPipeline(name, steps);
}

/** What a typed program gives: its own bytes, which nobody here has to encode. */
function resultType(step: string): ValueType<unknown> {
  const encode = () => {
    throw new TypeError(`only the program of step ${step} makes its results`);
  };
  return { name: `result of ${step}`, encode, decode: (bytes) => bytes };
}

function ofFunction<Argument>(
  run: (argument: Argument, context: FunctionContext) => unknown,
  { version, concurrency = CONCURRENCY, onFailure = "stop" }: FunctionOptions = {},
  toArguments: (values: unknown[]) => unknown[] = (values) => values,
) {
  return {
    work: {
      kind: "function" as const,
      run: (values: unknown[], context: FunctionContext) =>
        run(toArguments(values)[0] as Argument, context),
      ...{ version, isDone: undefined, isIdempotent: false, identify: undefined },
    },
    ...{ concurrency, onFailure },
  };
}
