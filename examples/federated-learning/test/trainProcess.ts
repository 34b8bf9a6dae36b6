// A process of checkpoint.test.ts: trains with a checkpoint, and can be killed at any instant. Arguments: the checkpoint, and a folder with the
// compiled programs. It writes a line when it begins, one after each round, and at the end the SHA-256 of the model.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLocalProgram } from "../../shared/src/programs/localProgram.ts";
import { openCheckpoint } from "../src/checkpoint/checkpoint.ts";
import { createLocalCompute } from "../src/federation/compute.ts";
import { runTraining } from "../src/federation/training.ts";
import { sha256 } from "../src/learning/model.ts";
import type { ProgramName } from "../src/programs/programs.ts";
import { checkpointedFederation } from "./checkpointedFederation.ts";

const [file = "", folder = ""] = process.argv.slice(2);
const names: ProgramName[] = ["aggregate", "train", "evaluate", "receipt"];
const programs = new Map(
  await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
);
const federation = checkpointedFederation();
const checkpoint = openCheckpoint(file, federation, programs);
const from = await checkpoint.load();
const loaded = new Map([...programs].map(([name, wasm]) => [name, createLocalProgram(wasm)]));
const evaluate = loaded.get("evaluate");
if (evaluate === undefined) throw new Error("no program");
process.stdout.write(`begins after round ${from?.rounds.length ?? 0}\n`);
const { model } = await runTraining(createLocalCompute(loaded), evaluate, federation, {
  from,
  save: checkpoint.save,
  onRound: ({ round }) => process.stdout.write(`round ${round}\n`),
});
process.stdout.write(`model ${sha256(model)}\n`);
