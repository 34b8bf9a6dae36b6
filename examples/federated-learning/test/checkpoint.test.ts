import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isLong, longTest } from "../../../test/fixtures/long.ts";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { createLocalProgram } from "../../shared/src/programs/localProgram.ts";
import { openCheckpoint } from "../src/checkpoint/checkpoint.ts";
import { decode, encode } from "../src/checkpoint/encode.ts";
import { createLocalCompute } from "../src/federation/compute.ts";
import { runTraining, type Training, type TrainOptions } from "../src/federation/training.ts";
import { sha256 } from "../src/learning/model.ts";
import { compileAll, type ProgramName } from "../src/programs/programs.ts";
import { checkpointedFederation } from "./checkpointedFederation.ts";

const PROCESS = fileURLToPath(new URL("trainProcess.ts", import.meta.url));

let folder: string;
let programs: ReadonlyMap<ProgramName, Uint8Array>;
let expected: Training;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-fl-"));
  programs = await compileAll();
  for (const [name, wasm] of programs) await writeFile(join(folder, name), wasm);
  expected = await train();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function train(
  options: TrainOptions = {},
  changes: Parameters<typeof checkpointedFederation>[0] = {},
): Promise<Training> {
  const loaded = new Map([...programs].map(([name, wasm]) => [name, createLocalProgram(wasm)]));
  const evaluate = loaded.get("evaluate");
  if (evaluate === undefined) throw new Error("no program");
  const federation = checkpointedFederation(changes);
  return runTraining(createLocalCompute(loaded), evaluate, federation, options);
}

/** Starts the process that trains. `began` is when it does. */
function start(file: string) {
  const child = spawn(process.execPath, [PROCESS, file, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const began = once(reader, "line");
  reader.on("line", (line) => lines.push(line));
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]);
  return { child, lines, began, ended };
}

async function untilEnd(file: string): Promise<{ model: string | undefined; ms: number }> {
  const { lines, began, ended } = start(file);
  await began;
  const at = performance.now();
  await ended;
  return { model: lines.at(-1), ms: performance.now() - at };
}

const random = seededRandom();

describe("a checkpoint", () => {
  test("a training that is killed at any instant ends with the same model, to the bit", async () => {
    const model = `model ${sha256(expected.model)}`;
    const whole = await untilEnd(join(folder, "whole"));
    expect(whole.model).toBe(model);
    for (let i = 0; i < (isLong ? 20 : 2); i++) {
      const file = join(folder, `killed-${i}`);
      const { child, lines, began, ended } = start(file);
      await began;
      // The instant is what is drawn: nothing is waited for.
      await delay((whole.ms * random.below(1_000)) / 1_000);
      child.kill("SIGKILL");
      await ended;
      const resumed = await untilEnd(file);
      expect(resumed.model, `after ${lines.at(-1)}, SEED=${random.seed}`).toBe(model);
    }
  });

  test("goes on from every round, as if it had not been stopped", async () => {
    const file = join(folder, "every");
    const checkpoint = openCheckpoint(file, checkpointedFederation(), programs);
    for (let rounds = 1; rounds <= 12; rounds += 4) {
      await train({ from: await checkpoint.load(), save: checkpoint.save }, { rounds });
      expect((await checkpoint.load())?.rounds).toHaveLength(rounds);
    }
    const resumed = await train({ from: await checkpoint.load(), save: checkpoint.save });
    expect(resumed).toEqual(expected);
    expect(await readdir(folder)).not.toContain("every.new");
    // What a crash left beside it is not read.
    await writeFile(`${file}.new`, "half of a st");
    expect((await checkpoint.load())?.rounds).toEqual(expected.rounds);
  });

  test.each([
    [
      "a byte changed",
      (text: string) => text.replace('"participants":[', '"participants":[9'),
      "CHECKPOINT_DAMAGED",
    ],
    ["the end missing", (text: string) => text.slice(0, -1), "CHECKPOINT_DAMAGED"],
    ["nothing", () => "", "CHECKPOINT_DAMAGED"],
    [
      "another format",
      (text: string) => text.replace("learning 1", "learning 2"),
      "CHECKPOINT_DAMAGED",
    ],
  ])("with %s is refused", async (_, change, code) => {
    const file = join(folder, "damaged");
    const checkpoint = openCheckpoint(file, checkpointedFederation({ rounds: 1 }), programs);
    await train({ save: checkpoint.save }, { rounds: 1 });
    await writeFile(file, change(await readFile(file, "utf8")));
    await expect(checkpoint.load()).rejects.toMatchObject({ code });
  });

  test("of another training is refused; more rounds and more patience are the same training", async () => {
    const file = join(folder, "other");
    const save = openCheckpoint(file, checkpointedFederation(), programs).save;
    await train({ save }, { rounds: 1 });
    const load = (changes: Parameters<typeof checkpointedFederation>[0]) =>
      openCheckpoint(file, checkpointedFederation(changes), programs).load();
    for (const changes of [
      { seed: 4 },
      { attack: "ipm" as const },
      { strategy: { name: "fedadam" as const } },
      { rule: { rule: "median" as const, f: 2 } },
    ]) {
      await expect(load(changes)).rejects.toMatchObject({ code: "CHECKPOINT_OF_ANOTHER_TRAINING" });
    }
    const other = new Map([...programs, ["train", new Uint8Array(8)] as const]);
    await expect(
      openCheckpoint(file, checkpointedFederation(), other).load(),
    ).rejects.toMatchObject({
      code: "CHECKPOINT_OF_ANOTHER_TRAINING",
    });
    expect((await load({ rounds: 99, patience: 3 }))?.rounds).toHaveLength(1);
    await train({ save }, { rounds: 2 });
    await expect(load({ rounds: 1 })).rejects.toMatchObject({ code: "CHECKPOINT_TOO_FAR" });
  });

  test("that cannot be written stops the training with a line that says what to do", async () => {
    const federation = checkpointedFederation({ rounds: 1 });
    const { save } = openCheckpoint(join(folder, "missing", "file"), federation, programs);
    await expect(train({ save }, { rounds: 1 })).rejects.toMatchObject({
      code: "CHECKPOINT_NOT_WRITTEN",
      message: expect.stringMatching(/choose another --checkpoint/),
    });
  });

  test("keeps every bit", () => {
    const values = [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, -1e-320, 0.1 + 0.2, 2 ** 53];
    const state = {
      values,
      map: new Map([[1, { deep: new Map([["a", -0]]) }]]),
      bits: Float64Array.from(values),
    };
    expect(decode(encode(state))).toEqual(state);
  });
});

longTest(
  "the command goes on after kill -9, with the same command and to the same model",
  async () => {
    const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
    const command = (file: string) => [
      ...[main, "--text", "--runner", "in-process", "--rounds", "8", "--json"],
      ...["--out", join(folder, "out"), "--checkpoint", file],
    ];
    const finish = async (file: string) => {
      const { stdout } = await promisify(execFile)(process.execPath, command(file));
      return JSON.parse(stdout).modelSha256 as string;
    };
    const at = performance.now();
    const model = await finish(join(folder, "command"));
    const ms = performance.now() - at;
    const file = join(folder, "command-killed");
    for (let kills = 0; kills < 4; kills++) {
      const child = spawn(process.execPath, command(file), { stdio: "ignore" });
      const ended = once(child, "exit");
      await delay((ms * random.below(1_000)) / 1_000);
      child.kill("SIGKILL");
      await ended;
    }
    expect(await finish(file), `SEED=${random.seed}`).toBe(model);
  },
);

test("early stopping ends with the model of the best round", async () => {
  const training = { steps: 3, batch: 8, rate: 3, decay: 0 };
  const long = await train({}, { training, rounds: 12 });
  const stopped = await train({}, { training, rounds: 12, patience: 2 });
  const losses = stopped.rounds.map(({ validation }) => validation.loss);
  const best = losses.indexOf(Math.min(...losses)) + 1;
  expect(stopped.stoppedEarly).toBe(true);
  expect(stopped.bestRound).toBe(best);
  expect(stopped.rounds).toHaveLength(best + 2);
  expect(stopped.rounds).toEqual(long.rounds.slice(0, best + 2));
  const { model } = await train({}, { training, rounds: best });
  expect(sha256(stopped.model)).toBe(sha256(model));
});
