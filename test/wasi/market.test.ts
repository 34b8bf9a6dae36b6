import { type LocalnetEnvironment, serveLocalnet } from "@assay/devnet";
import { Outcome, runProgram } from "@assay/sdk/program";
import { createAssay } from "assay";
import { parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { variants } from "../fixtures/long.ts";
import { buildProgram, missingFor, type ProgramName } from "./programs.ts";

// Each program is posted, computed by worker processes, and paid.

const names = variants<ProgramName>(["C", "Rust", "Go", "Lua"]);
const inputs = ["first", "leave", "a rose is a rose"].map((text) => new TextEncoder().encode(text));

/** Four builds, each of which may have to compile its language's library first. */
const BUILDS_MS = 1_200_000;

interface Prepared {
  program: Uint8Array;
  /** What each input gives at home. */
  expected: (Uint8Array | undefined)[];
}
const prepared = new Map<ProgramName, Prepared | { missing: string }>();

async function prepare(name: ProgramName): Promise<Prepared | { missing: string }> {
  const missing = await missingFor(name);
  if (missing !== undefined) return { missing };
  const program = await buildProgram(name);
  const expected = inputs.map((input) => {
    const run = runProgram({ wasm: program, input });
    return run.outcome === Outcome.ok ? run.bytes : undefined;
  });
  return { program, expected };
}

const stop = new AbortController();
let served: Promise<void>;
let environment: LocalnetEnvironment;
beforeAll(async () => {
  // Before there is a network: building and running stop this thread for longer than a chain keeps its connections.
  for (const name of names) prepared.set(name, await prepare(name));
  environment = await new Promise<LocalnetEnvironment>((onReady, onFailure) => {
    served = serveLocalnet({ workers: 1, port: 0, onReady, signal: stop.signal });
    served.catch(onFailure);
  });
}, BUILDS_MS);
afterAll(async () => {
  stop.abort();
  await served.catch(() => {});
});

test.for(names)("a paid job in %s gives the same bytes as at home", async (name, { skip }) => {
  const given = prepared.get(name) ?? { missing: "it was not prepared" };
  if ("missing" in given) return skip(given.missing);
  const assay = await createAssay({ environment: { ...environment } });
  const job = await assay.submitJob({
    ...{ program: given.program, inputs, batchSize: 1 },
    rewardPerTask: parseEther("0.001"),
  });
  const results: unknown[] = [];
  for await (const result of job.results({ ordered: true })) {
    results.push(result.outcome === "ok" ? result.bytes : result.outcome);
  }
  expect(results).toEqual(given.expected);
  await assay.close();
});
