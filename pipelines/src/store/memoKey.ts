import type { RunLimits } from "@assay/runners";
import { blake3, jobDefaults } from "@assay/sdk/protocol";
import type { Content } from "./content.ts";

/** Changes when what is remembered would mean something else. */
const DOMAIN = "assay pipeline 1";

const writer = new TextEncoder();

/**
 * What the tasks of a step have in common, hashed: the kind of step, and a program's digest with its limits, or a function's name and
 * version.
 */
export function programBase(kind: string, program: Uint8Array, limits: RunLimits): Uint8Array {
  const { maxSteps = jobDefaults.maxSteps, maxResultBytes = jobDefaults.maxResultBytes } = limits;
  const rest = writer.encode(
    JSON.stringify([DOMAIN, kind, "program", String(maxSteps), maxResultBytes]),
  );
  return blake3.encode(Buffer.concat([rest, blake3.encode(program) as Uint8Array])) as Uint8Array;
}

export function functionBase(parts: readonly (string | number)[]): Uint8Array {
  return blake3.encode(writer.encode(JSON.stringify([DOMAIN, "function", ...parts]))) as Uint8Array;
}

/** The key of one task: its step's base and the digests of its inputs, in order. */
export function taskKey(base: Uint8Array, inputs: readonly Content[]): Uint8Array {
  const joined = new Uint8Array(base.length * (1 + inputs.length));
  joined.set(base);
  for (const [i, { digest }] of inputs.entries()) joined.set(digest, base.length * (1 + i));
  return blake3.encode(joined) as Uint8Array;
}
