import {
  type Flags,
  type FlagValues,
  parseAmount,
  parseInteger,
  parseNumber,
  readFlags,
  UsageError,
} from "../../../shared/src/commandLine/flags.ts";
import { parseRunner, type RunnerName } from "../../../shared/src/runners/localRunner.ts";
import { MAX_IMAGES_PER_TASK } from "../graph/room.ts";
import type { Normalisation } from "../images/normalise.ts";

export interface InferenceOptions {
  help: boolean;
  /** ONNX file. Undefined: the classifier of digits. */
  model: string | undefined;
  /** Folder of pictures. Undefined: drawn digits. */
  images: string | undefined;
  /** Drawn digits. */
  count: number;
  seed: number;
  /** Of the model's input, where the file leaves it open. */
  shape: number[] | undefined;
  normalisation: Normalisation;
  /** Folder of pictures to calibrate with. Undefined: the first of the images. */
  calibration: string | undefined;
  /** File with the classes' names, one a line. */
  labels: string | undefined;
  /** Whether to compare each layer with floats. */
  check: boolean;
  /** Images a task. */
  group: number;
  /** Tasks a batch. */
  batch: number;
  /** Reward of a task. */
  rewardWei: bigint;
  /** Worker processes. */
  workers: number;
  /** Whether one of them lies. */
  liar: boolean;
  /** Where the tasks run. */
  runner: RunnerName;
  /** Folder for the results. */
  out: string;
  /** Whether to print one line of JSON on stdout. */
  json: boolean;
  /** Port of the local chain; 0 takes any free one. */
  port: number;
}

export const USAGE = `Usage: npm run example:inference -- [options]

Makes a program of an ONNX model, in 8-bit integers, and has strangers run it on images.

Model
  --model FILE      ONNX file (default: a classifier of digits, trained by this example)
  --shape LIST      shape of its input, where the file leaves it open: 1,3,224,224
  --check           compare each layer with 64-bit floats on the first image, and run nothing

Images
  --images FOLDER   PNG, JPEG or WebP files, scaled to the model's input (default: drawn digits)
  --count N         digits to draw (default 200)
  --seed N          of the drawings (default 2)
  --scale X         what white is to the model (default 1)
  --mean LIST       then subtracted, one number or one a channel (default 0)
  --std LIST        then divided by (default 1)
  --calibration FOLDER
                    images that say how large the model's numbers get (default: the first 32 of the images)
  --labels FILE     names of the classes, one a line

Where it runs
  --runner NAME     market (default), or without a marketplace: in-process, threads or processes of this machine
  --group N         images a task (default 1)
  --batch N         tasks a batch (default 50)
  --reward ETH      reward of a task (default 0.001)
  --workers N       worker processes (default 3)
  --liar            one of the workers changes its results

Output
  --out FOLDER      folder for the results (default out/inference)
  --json            end with one line of JSON
  --port PORT       port of the local chain (default 0: any free one)
  --help            this text`;

const FLAGS = {
  model: { type: "string", example: "model.onnx" },
  shape: { type: "string", example: "1,3,224,224" },
  check: { type: "boolean" },
  images: { type: "string", example: "photos" },
  count: { type: "string", example: "200" },
  seed: { type: "string", example: "2" },
  scale: { type: "string", example: "255" },
  mean: { type: "string", example: "0.485,0.456,0.406" },
  std: { type: "string", example: "0.229,0.224,0.225" },
  calibration: { type: "string", example: "photos" },
  labels: { type: "string", example: "labels.txt" },
  runner: { type: "string", example: "threads" },
  group: { type: "string", example: "8" },
  batch: { type: "string", example: "50" },
  reward: { type: "string", example: "0.001" },
  workers: { type: "string", example: "3" },
  liar: { type: "boolean" },
  out: { type: "string", example: "out/inference" },
  json: { type: "boolean" },
  port: { type: "string", example: "8545" },
  help: { type: "boolean", short: "h" },
} as const satisfies Flags;

const MARKET_ONLY = ["batch", "reward", "workers", "liar", "port"] as const;
const OF_DRAWINGS = ["count", "seed"] as const;
const MAX_COUNT = 100_000;
const MAX_SEED = 2 ** 31 - 1;

/**
 * Reads the command line of the example.
 * @param argv - the arguments alone, without `node` and the script.
 * @throws {@link UsageError} for what {@link readFlags} refuses, a value out of range, and flags that exclude each other.
 */
export function parseOptions(argv: readonly string[]): InferenceOptions {
  const values = readFlags(argv, FLAGS);
  checkTogether(values);
  const runner = parseRunner(values.runner ?? "market");
  return {
    help: values.help ?? false,
    model: values.model,
    images: values.images,
    count: parseInteger("count", values.count ?? "200", 1, MAX_COUNT),
    seed: parseInteger("seed", values.seed ?? "2", 0, MAX_SEED),
    shape: values.shape === undefined ? undefined : parseShape(values.shape),
    normalisation: {
      scale: parseNumber("scale", values.scale ?? "1", { above: 0, maximum: 65_535 }),
      mean: parseNumbers("mean", values.mean ?? "0", { minimum: -65_535, maximum: 65_535 }),
      std: parseNumbers("std", values.std ?? "1", { above: 0, maximum: 65_535 }),
    },
    calibration: values.calibration,
    labels: values.labels,
    check: values.check ?? false,
    group: parseInteger("group", values.group ?? "1", 1, MAX_IMAGES_PER_TASK),
    batch: parseInteger("batch", values.batch ?? "50", 1, 4_096),
    rewardWei: parseAmount("reward", values.reward ?? "0.001"),
    workers: parseInteger("workers", values.workers ?? "3", values.liar ? 2 : 1, 16),
    liar: values.liar ?? false,
    runner,
    out: values.out ?? "out/inference",
    json: values.json ?? false,
    port: parseInteger("port", values.port ?? "0", 0, 65_535),
  };
}

function checkTogether(values: FlagValues<typeof FLAGS>): void {
  const drawing = OF_DRAWINGS.find((flag) => values[flag] !== undefined);
  if (values.images !== undefined && drawing !== undefined) {
    throw new UsageError(`--${drawing} is of drawn digits: leave out either it or --images.`);
  }
  if (values.model !== undefined && values.images === undefined) {
    throw new UsageError("--model needs pictures of its own: add --images FOLDER.");
  }
  const isLocal = values.runner !== undefined && values.runner !== "market";
  if (!isLocal && !values.check) return;
  const stray = MARKET_ONLY.find((flag) => values[flag] !== undefined);
  if (stray === undefined) return;
  throw new UsageError(
    `${isLocal ? `--runner ${values.runner}` : "--check"} runs without a marketplace: leave out either it or --${stray}.`,
  );
}

function parseNumbers(
  flag: string,
  text: string,
  range: Parameters<typeof parseNumber>[2],
): number[] {
  return text.split(",").map((part) => parseNumber(flag, part.trim(), range));
}

function parseShape(text: string): number[] {
  return text.split(",").map((part) => parseInteger("shape", part.trim(), 1, 65_536));
}
