import type { FunctionContext, StepDefinition } from "../define/step.ts";
import { digestOf, keyOf } from "../store/content.ts";
import { functionBase, programBase } from "../store/memoKey.ts";
import type { Path } from "./message.ts";

/** Whether a plan has not counted this task yet. */
export function isFirst(planned: Set<string>, key: Uint8Array): boolean {
  const before = planned.size;
  return planned.add(keyOf(key)).size > before;
}

/** What a function is told of its task. */
export function contextOf(path: Path, key: Uint8Array, signal: AbortSignal): FunctionContext {
  return {
    path,
    // Few ask for it.
    get key() {
      return Buffer.from(digestOf(key)).toString("hex");
    },
    signal,
  };
}

/** Bases that hold for every run. */
const bases = new WeakMap<StepDefinition, Uint8Array>();

/** What the keys of a step's tasks have in common. */
export function baseOf(step: StepDefinition, origin: number): Uint8Array {
  if (step.work?.kind === "function" && step.work.version === undefined)
    return newBase(step, origin);
  let base = bases.get(step);
  if (base === undefined) {
    base = newBase(step, origin);
    bases.set(step, base);
  }
  return base;
}

function newBase({ name, kind, work }: StepDefinition, origin: number): Uint8Array {
  if (work === undefined) return functionBase([kind]);
  if (work.kind === "program")
    return programBase(kind === "reduce" ? "parts" : "task", work.wasm, work.limits);
  return functionBase(
    work.version === undefined ? [kind, name, origin] : [kind, name, work.version],
  );
}
