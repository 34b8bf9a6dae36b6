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
import { ALGORITHM_NAMES, type AlgorithmName } from "../algorithms/algorithm.ts";
import { ALGORITHMS } from "../algorithms/algorithms.ts";
import type { SceneSource } from "../reader/readScene.ts";
import type { BandIndices } from "../scene/scene.ts";
import { requiredBands, SENSORS, type SensorSpec } from "../sensors/sensors.ts";
import { maxTilePixels } from "../tiles/grid.ts";

/** Returns wrong results; and besides bribes a jury, which then rules wrong. */
const LIARS = ["lies", "bribes-the-jury"] as const;
export type Liar = (typeof LIARS)[number];

export interface FireOptions {
  help: boolean;
  algorithm: AlgorithmName;
  /** GeoTIFF files. Undefined: the files that the MTL names if there is an MTL, else a synthetic scene. */
  scene: SceneSource | undefined;
  /** Undefined: by the names in the file. */
  bands: BandIndices | undefined;
  /** reflectance = (DN + offset) · scale. Undefined: by the metadata or the sensor. */
  scale: number | undefined;
  /** DN */
  offset: number | undefined;
  /** File of a Landsat product's metadata. */
  mtl: string | undefined;
  /** Side of a tile, pixels. */
  tile: number;
  /** Worker processes. */
  workers: number;
  /** Folder for the results. */
  out: string;
  /** Whether to print one line of JSON on stdout. */
  json: boolean;
  /** Seed of the synthetic scene. */
  seed: number;
  /** Port of the local chain; 0 takes any free one. */
  port: number;
  /** Reward of a task: wei, or units of the token. */
  rewardWei: bigint;
  /** Tasks a batch. */
  batch: number;
  /** What one of the workers does, if it is a liar. */
  liar: Liar | undefined;
  /** Whether the job is paid in an ERC-20 token. */
  token: boolean;
  /** Where the tasks run. */
  runner: RunnerName;
  /** Number of tiles of a large synthetic scene to buy, to measure the cost of a tile. Undefined: a run of one scene. */
  tiles: number | undefined;
  /** Folder whose scenes are all searched. Undefined: a run of one scene. */
  scenes: string | undefined;
  /** Number of synthetic scenes to measure every algorithm on. Undefined: a run of one scene. */
  accuracy: number | undefined;
  /** Whether to train the learned detector. */
  train: boolean;
}

export const USAGE = `Finds active fires in a satellite scene on a marketplace that runs on this machine.

  npm run example:fire                               a synthetic scene, with precision and recall
  npm run example:fire -- --scene scene.tif          a scene of yours: Sentinel-2's bands 12, 11 and NIR in one GeoTIFF
  npm run example:fire -- --algorithm vote --mtl LC08_…_MTL.txt
                                                     a Landsat product, its bands beside its metadata
  npm run example:fire -- --scenes FOLDER            every GeoTIFF of a folder; a second run searches what changed
  npm run example:fire -- --tiles 10000              the cost of a tile when there are many, with a liar among the workers
  npm run example:fire -- --accuracy 20              the accuracy of every algorithm on synthetic scenes with known fires
  npm run example:fire -- --train                    the learned detector's weights, made again from synthetic scenes

Scene
  --algorithm NAME  Sentinel-2: hotmap (default), tai, plain, learned; Landsat 8/9: schroeder, murphy, kumar-roy, vote (2 of these 3);
                    viirs, modis
  --scene FILE      GeoTIFF to search, or one a band: 12=b12.tif,11=b11.tif,nir=b8a.tif; without it a synthetic scene
  --bands LIST      indices of the bands in the file, from 0: 12=0,11=1,nir=2 (default: by the names in the file)
  --mtl FILE        Landsat's metadata, _MTL.txt or _MTL.json; names the files of the bands if --scene does not
  --scale NUMBER    reflectance = (DN + offset) · scale (default: the metadata's, or 0.0001)
  --offset DN       -1000 for Sentinel-2 products of baseline 04.00 and later, unless it was already applied (default 0)
  --seed INTEGER    seed of the synthetic scene (default 1)

Job
  --tile PIXELS     side of a tile, one task each, 8 to 1024, or to 512 for algorithms that look at windows (default 64)
  --batch TASKS     tasks in a batch, 1 to 4096 (default 16; with --tiles 1000)
  --reward ETHER    reward of a task (default 0.001)
  --workers N       worker processes, 1 to 16 (default 3), at least 2 with --liar
  --liar            one of the workers returns wrong results, is challenged, convicted by one step of the task on chain and slashed
  --liar bribes-the-jury
                    first what the same lie costs where a jury decides, most of which is bribed: nothing
  --token           pay in an ERC-20 token, PLAY, instead of the native coin; then --reward is in PLAY
  --runner NAME     market (default), or without a marketplace: in-process, threads or processes of this machine

Output
  --out FOLDER      folder for the results (default out/fire-detection)
  --json            end with one line of JSON
  --port PORT       port of the local chain (default 0: any free one)
  --help            this text`;

const FLAGS = {
  algorithm: { type: "string", example: "hotmap" },
  scene: { type: "string", example: "scene.tif" },
  bands: { type: "string", example: "12=0,11=1,nir=2" },
  scale: { type: "string", example: "0.0001" },
  offset: { type: "string", example: "-1000" },
  mtl: { type: "string", example: "LC08_MTL.txt" },
  seed: { type: "string", example: "1" },
  tile: { type: "string", example: "64" },
  batch: { type: "string", example: "16" },
  reward: { type: "string", example: "0.001" },
  workers: { type: "string", example: "3" },
  tiles: { type: "string", example: "10000" },
  scenes: { type: "string", example: "scenes" },
  accuracy: { type: "string", example: "20" },
  train: { type: "boolean" },
  out: { type: "string", example: "out/fire-detection" },
  json: { type: "boolean" },
  liar: { type: "string", example: "bribes-the-jury", alone: "lies" },
  token: { type: "boolean" },
  runner: { type: "string", example: "threads" },
  port: { type: "string", example: "8545" },
  help: { type: "boolean", short: "h" },
} as const satisfies Flags;

/** Flags that need a file, and flags that need a marketplace. */
const FILE_ONLY = ["bands", "scale", "offset"] as const;
const MARKET_ONLY = ["batch", "reward", "workers", "liar", "token", "port"] as const;
const MAX_SEED = 2 ** 31 - 1;
const MIN_TILE = 8;

/**
 * Reads the command line of the example.
 * @param argv - the arguments alone, without `node` and the script.
 * @throws {@link UsageError} for what {@link readFlags} refuses, a value out of range, and flags that exclude each other.
 */
export function parseOptions(argv: readonly string[]): FireOptions {
  const values = readFlags(argv, FLAGS);
  const algorithm = parseAlgorithm(values.algorithm ?? "hotmap");
  const { sensor: kind, halo } = ALGORITHMS[algorithm];
  const sensor = SENSORS[kind];
  checkTogether(values, sensor);
  const many = values.tiles !== undefined;
  const optional = (flag: "scale" | "offset", range: Parameters<typeof parseNumber>[2]) =>
    values[flag] === undefined ? undefined : parseNumber(flag, values[flag], range);
  return {
    help: values.help ?? false,
    algorithm,
    scene: values.scene === undefined ? undefined : parseScene(values.scene, sensor),
    bands: values.bands === undefined ? undefined : parseBands(values.bands, sensor),
    scale: optional("scale", { above: 0, maximum: 1 }),
    offset: optional("offset", { minimum: -65_535, maximum: 65_535 }),
    mtl: values.mtl,
    seed: parseInteger("seed", values.seed ?? "1", 0, MAX_SEED),
    tile: parseInteger("tile", values.tile ?? (many ? "16" : "64"), MIN_TILE, maxTilePixels(halo)),
    batch: parseInteger("batch", values.batch ?? (many ? "1000" : "16"), 1, 4_096),
    rewardWei: parseAmount("reward", values.reward ?? "0.001"),
    workers: parseInteger(
      "workers",
      values.workers ?? "3",
      values.liar !== undefined || many ? 2 : 1,
      16,
    ),
    liar: values.liar === undefined ? (many ? "lies" : undefined) : parseLiar(values.liar),
    token: values.token ?? false,
    runner: parseRunner(values.runner ?? "market"),
    out: values.out ?? "out/fire-detection",
    json: values.json ?? false,
    port: parseInteger("port", values.port ?? "0", 0, 65_535),
    scenes: values.scenes,
    train: values.train ?? false,
    tiles: values.tiles === undefined ? undefined : parseInteger("tiles", values.tiles, 1, 100_000),
    accuracy:
      values.accuracy === undefined
        ? undefined
        : parseInteger("accuracy", values.accuracy, 1, 1_000),
  };
}

function checkTogether(values: FlagValues<typeof FLAGS>, { kind, title }: SensorSpec): void {
  if (values.train) {
    const stray = Object.keys(values).find((flag) => !["train", "out", "json"].includes(flag));
    if (stray !== undefined) {
      throw new UsageError(
        `--train makes its own scenes, always the same: leave out either it or --${stray}.`,
      );
    }
  }
  const other = (["scene", "mtl", "seed", "tiles", "accuracy"] as const).find(
    (flag) => values[flag] !== undefined,
  );
  if (values.scenes !== undefined && other !== undefined) {
    throw new UsageError(`--scenes searches a folder: leave out either it or --${other}.`);
  }
  if (values.scenes !== undefined && kind === "landsat") {
    throw new UsageError(
      "--scenes reads GeoTIFFs, and a Landsat scene needs its metadata: use --mtl for one scene.",
    );
  }
  if (values.scene === undefined && values.scenes === undefined) {
    const stray = FILE_ONLY.find((flag) => values[flag] !== undefined);
    if (stray !== undefined) {
      throw new UsageError(
        `--${stray} describes a file: add --scene FILE, or leave --${stray} out.`,
      );
    }
  }
  const file = values.scene === undefined ? values.mtl && "mtl" : "scene";
  if (file !== undefined && file !== "" && values.seed !== undefined) {
    throw new UsageError(`--seed makes a synthetic scene: leave out either --seed or --${file}.`);
  }
  if (values.mtl !== undefined && kind !== "landsat") {
    throw new UsageError(
      `--mtl describes a Landsat product and the algorithm is for ${title}: add --algorithm vote, or leave --mtl out.`,
    );
  }
  const whole = (["tiles", "accuracy"] as const).find((flag) => values[flag] !== undefined);
  const scene = (["scene", "mtl"] as const).find((flag) => values[flag] !== undefined);
  if (whole !== undefined && scene !== undefined) {
    throw new UsageError(`--${whole} makes scenes of its own: leave out either it or --${scene}.`);
  }
  if (values.tiles !== undefined && values.accuracy !== undefined) {
    throw new UsageError("--tiles and --accuracy are two runs: leave one out.");
  }
  if (values.tiles !== undefined && values.token) {
    throw new UsageError("--tiles pays in the native coin: leave out either it or --token.");
  }
  if (values.tiles !== undefined && kind !== "sentinel-2") {
    throw new UsageError(
      "--tiles makes a scene of Sentinel-2: use it with --algorithm hotmap, tai, plain or learned.",
    );
  }
  const isLocal = values.runner !== undefined && values.runner !== "market";
  if (!isLocal && values.accuracy === undefined) return;
  const without = isLocal ? `runner ${values.runner}` : "accuracy";
  const stray = [...MARKET_ONLY, ...(isLocal ? (["tiles"] as const) : [])].find(
    (flag) => values[flag] !== undefined,
  );
  if (stray !== undefined) {
    throw new UsageError(
      `--${without} runs without a marketplace: leave out either it or --${stray}.`,
    );
  }
}

function parseLiar(text: string): Liar {
  const liar = LIARS.find((known) => known === text);
  if (liar !== undefined) return liar;
  throw new UsageError(`There is no liar that ${text}: write --liar alone, or --liar ${LIARS[1]}.`);
}

function parseAlgorithm(text: string): AlgorithmName {
  const name = ALGORITHM_NAMES.find((known) => known === text.toLowerCase());
  if (name !== undefined) return name;
  throw new UsageError(
    `There is no algorithm ${text}: choose --algorithm ${ALGORITHM_NAMES.join(", ")}.`,
  );
}

/** One path, or `12=b12.tif,11=b11.tif,nir=b8a.tif`. */
function parseScene(text: string, { bands }: SensorSpec): SceneSource {
  const names = bands.map(({ name }) => name);
  const parts = text.split(",").map((part) => {
    const at = part.indexOf("=");
    return { name: part.slice(0, Math.max(0, at)).trim().toLowerCase(), path: part.slice(at + 1) };
  });
  if (!parts.every(({ name }) => names.includes(name))) return text;
  const files = Object.fromEntries(parts.map(({ name, path }) => [name, path.trim()]));
  if (Object.keys(files).length === parts.length && !Object.values(files).includes(""))
    return files;
  throw new UsageError(
    `--scene ${text} names a band twice or without a file: write, for example, --scene 12=b12.tif,11=b11.tif,nir=b8a.tif.`,
  );
}

function parseBands(text: string, sensor: SensorSpec): BandIndices {
  const known = sensor.bands.map(({ name }) => name);
  const bands: Record<string, number> = {};
  for (const part of text.split(",")) {
    const match = /^([a-z0-9]+)=(\d{1,4})$/i.exec(part.trim());
    const name = match?.[1]?.toLowerCase();
    if (match === null || name === undefined || !known.includes(name) || name in bands) {
      throw badBands(text, sensor);
    }
    bands[name] = Number(match[2]);
  }
  const isMissing = requiredBands(sensor).some((name) => !(name in bands));
  if (isMissing || new Set(Object.values(bands)).size !== Object.keys(bands).length) {
    throw badBands(text, sensor);
  }
  return bands;
}

function badBands(text: string, sensor: SensorSpec): UsageError {
  const names = requiredBands(sensor);
  const example = names.map((name, i) => `${name}=${i}`).join(",");
  return new UsageError(
    `--bands ${text} does not give each of ${sensor.title}'s bands ${names.join(", ")} an index of its own: write, for example, --bands ${example}.`,
  );
}
