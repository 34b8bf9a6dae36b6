import type { Output } from "../src/engine/outputStep.ts";

/** What a step has given, in the order of the items. */
export const outputsOf = (outputs: Output[], step: string) =>
  outputs
    .filter((output) => output.step === step)
    .toSorted((a, b) => a.path.join().localeCompare(b.path.join(), "en", { numeric: true }))
    .map((output) => output.value);
