import { dirname, extname, resolve } from "node:path";
import type { RunLimits } from "@assay/runners";
import { checkPipeline } from "../define/checkPipeline.ts";
import { ARITY, stepDefinition } from "../define/definePipeline.ts";
import type {
  FailurePolicy,
  FunctionWork,
  Pipeline,
  StepDefinition,
  StepKind,
  Work,
} from "../define/step.ts";
import { bytes, type ValueType, valueTypeOf } from "../define/valueType.ts";
import { DocumentFile, type Field } from "./document.ts";
import { fileInput } from "./fileInput.ts";
import { loadDefault, loadFunction, readLocal } from "./loadModule.ts";

const KINDS = ["program", "map", "filter", "flatMap", "reduce", "join", "effect"] as const;
const KEYS = [
  ...KINDS,
  ...["from", "takes", "gives", "per", "arity", "runner", "maxSteps", "maxResultBytes"],
  ...["onFailure", "version", "concurrency", "idempotent"],
] as const;
type Fields = { [Name in (typeof KEYS)[number]]?: Field };

/**
 * Reads a pipeline from a file: YAML, or a module that exports one by default. A module is run.
 *
 * @throws {@link PipelineInvalidError}
 */
export function loadPipeline(path: string): Promise<Pipeline> {
  const isModule = /\.[mc]?[jt]s$/.test(path);
  return isModule ? loadDefault(path) : readPipeline(path);
}

/**
 * Reads a pipeline from a YAML file: the same as `definePipeline`, with its functions in modules and its programs in files.
 *
 * @throws {@link PipelineInvalidError} with file, line and column.
 */
export async function readPipeline(path: string): Promise<Pipeline> {
  const file = new DocumentFile(path);
  const { name, inputs, steps } = file.root.record(["name", "inputs", "steps"]);
  if (name === undefined || inputs === undefined || steps === undefined) {
    throw file.root.invalid("has a name, inputs and steps: one of them is missing");
  }
  const folder = dirname(resolve(path));
  const definitions: StepDefinition[] = [];
  for (const [input, field] of inputs.entries()) {
    const type = valueTypeOf(
      field.record(["type", "files", "lines", "epochs"]).type?.text() ?? bytes.name,
    );
    const source = fileInput(field, folder, type);
    definitions.push(
      stepDefinition({
        name: input,
        kind: "input",
        from: [],
        gives: type,
        source,
        where: field.where,
      }),
    );
  }
  const given = new Map(definitions.map((step) => [step.name, step.gives]));
  const fields = [...steps.entries()].map(
    ([step, field]) => [step, field, field.record(KEYS as readonly string[]) as Fields] as const,
  );
  for (const [step, , { gives }] of fields)
    if (gives !== undefined) given.set(step, valueTypeOf(gives.text()));
  for (const [step, field, record] of fields) {
    definitions.push(await readStep(step, field, record, { folder, given }));
  }
  return checkPipeline(name.text(), definitions);
}

interface Surroundings {
  folder: string;
  /** Types of what steps give, as far as they say it. */
  given: Map<string, ValueType<unknown>>;
}

async function readStep(
  name: string,
  field: Field,
  fields: Fields,
  { folder, given }: Surroundings,
): Promise<StepDefinition> {
  const kinds = KINDS.filter((kind) => fields[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    throw field.invalid(`is one of ${KINDS.join(", ")}: name what it runs under one of these keys`);
  }
  const from = fromOf(field, fields.from, kind);
  const takes = fields.takes === undefined ? undefined : valueTypeOf(fields.takes.text());
  const above = given.get(Object.values(from)[0] ?? "") ?? bytes;
  const gives = kind === "filter" || kind === "reduce" ? above : (given.get(name) ?? bytes);
  given.set(name, gives);
  const what = fields[kind] as Field;
  const isProgram = kind === "program" || (kind === "reduce" && extname(what.text()) === ".wasm");
  const work = isProgram
    ? await programWork(what, folder, limitsOf(fields))
    : await functionWork(what, folder, { kind, names: Object.keys(from), fields });
  return stepDefinition({
    ...{ name, kind, work, gives, from: Object.values(from), where: field.where },
    takes: Object.values(from).map(() => takes),
    per: fields.per?.text() ?? "epoch",
    arity: fields.arity?.count(2) ?? ARITY,
    onFailure: policyOf(fields.onFailure),
    runner: fields.runner?.text(),
    ...(fields.concurrency === undefined ? {} : { concurrency: fields.concurrency.count(1) }),
  });
}

/** A name, or for a join the names of several by what its function calls them. */
function fromOf(step: Field, from: Field | undefined, kind: StepKind): Record<string, string> {
  if (from === undefined) throw step.invalid("takes from no step: name one under from");
  if (from.isMap !== (kind === "join")) {
    throw from.invalid(
      kind === "join" ? "names several steps: write key: step below it" : "names one step",
    );
  }
  if (!from.isMap) return { "": from.text() };
  return Object.fromEntries([...from.entries()].map(([key, one]) => [key, one.text()]));
}

async function programWork(field: Field, folder: string, limits: RunLimits): Promise<Work> {
  const path = resolve(folder, field.text());
  if (extname(path) !== ".wasm")
    throw field.invalid(
      `is ${field.text()}: name a module, *.wasm, as assay program build makes it`,
    );
  return { kind: "program", wasm: await readLocal(field, path), limits, encode: undefined };
}

function limitsOf({ maxSteps, maxResultBytes }: Fields): RunLimits {
  return {
    ...(maxSteps === undefined ? {} : { maxSteps: BigInt(maxSteps.count(1)) }),
    ...(maxResultBytes === undefined ? {} : { maxResultBytes: maxResultBytes.count(0) }),
  };
}

interface FunctionParameters {
  kind: StepKind;
  /** What a join's function calls its inputs. */
  names: readonly string[];
  fields: Fields;
}

async function functionWork(
  field: Field,
  folder: string,
  { kind, names, fields }: FunctionParameters,
): Promise<FunctionWork> {
  const { run, version } = await loadFunction(field, folder);
  const call = run as unknown as (value: unknown, context: unknown) => unknown;
  return {
    kind: "function",
    run(values, context) {
      if (kind === "reduce") return call(values, context);
      if (kind === "join")
        return call(Object.fromEntries(names.map((name, i) => [name, values[i]])), context);
      return call(values[0], context);
    },
    version: fields.version?.text() ?? (kind === "effect" ? undefined : version),
    isDone: undefined,
    identify: undefined,
    isIdempotent: fields.idempotent?.flag() ?? false,
  };
}

function policyOf(field: Field | undefined): FailurePolicy {
  if (field === undefined) return "stop";
  if (!field.isMap) return lastResort(field);
  const { retry, otherwise, backoffMs } = field.record(["retry", "otherwise", "backoffMs"]);
  if (retry === undefined) throw field.invalid("says how often it is tried again: give retry");
  return {
    retry: retry.count(1),
    otherwise: otherwise && lastResort(otherwise),
    backoffMs: backoffMs?.count(0),
  };
}

function lastResort(field: Field): "stop" | "skip" {
  const text = field.text();
  if (text === "stop" || text === "skip") return text;
  throw field.invalid(`is ${text}: give stop, skip, or retry: and a number below it`);
}
