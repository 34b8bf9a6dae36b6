import type { RunLimits } from "@assay/runners";
import { jobDefaults } from "@assay/sdk/protocol";
import { type Content, DIGEST_BYTES, digestOf } from "./content.ts";

/** Changes when what is remembered would mean something else. */
const DOMAIN = "assay pipeline 1";

const writer = new TextEncoder();

/** Digests of programs: many steps may run the same. */
const programs = new WeakMap<Uint8Array, Uint8Array>();

/**
 * What the tasks of a step have in common, hashed: the kind of step, and a program's digest with its limits, or a function's name and
 * version.
 */
export function programBase(kind: string, program: Uint8Array, limits: RunLimits): Uint8Array {
  const { maxSteps = jobDefaults.maxSteps, maxResultBytes = jobDefaults.maxResultBytes } = limits;
  const rest = writer.encode(
    JSON.stringify([DOMAIN, kind, "program", String(maxSteps), maxResultBytes]),
  );
  let digest = programs.get(program);
  if (digest === undefined) {
    digest = digestOf(program);
    programs.set(program, digest);
  }
  return digestOf(Buffer.concat([rest, digest]));
}

export function functionBase(parts: readonly (string | number)[]): Uint8Array {
  return digestOf(writer.encode(JSON.stringify([DOMAIN, "function", ...parts])));
}

/** The key of one task: its step's base and the digest of its input, or that of all their digests in order. */
export function taskKey(base: Uint8Array, inputs: readonly Content[]): Uint8Array {
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined) return joined([base, only.digest]);
  return joined([base, digestOf(joined(inputs.map(({ digest }) => digest)))]);
}

/** Parts of 32 bytes, one behind the other. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(DIGEST_BYTES * parts.length);
  for (const [i, part] of parts.entries()) all.set(part, DIGEST_BYTES * i);
  return all;
}
