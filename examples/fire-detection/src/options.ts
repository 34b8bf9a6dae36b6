import { parseArgs } from "node:util";
import { parseEther } from "viem";
import { UsageError } from "./errors.ts";
import { BAND_NAMES, type BandIndices, type BandName } from "./scene/scene.ts";
import { MAX_TILE_PIXELS } from "./tiles/grid.ts";

export interface FireOptions {
  help: boolean;
  /** A GeoTIFF file; undefined makes a synthetic scene. */
  scene: string | undefined;
  /** Undefined goes by the names in the file. */
  bands: BandIndices | undefined;
  scale: number;
  /** DN */
  offset: number;
  /** Pixels */
  tile: number;
  workers: number;
  /** Folder for the results. */
  out: string;
  json: boolean;
  /** Of the synthetic scene. */
  seed: number;
  /** Of the local chain; 0 takes any free one. */
  port: number;
  /** Wei a task. */
  rewardWei: bigint;
  /** Tasks a batch. */
  batch: number;
  /** Whether one worker returns wrong results. */
  liar: boolean;
}

export const USAGE = `Finds active fires in a satellite scene on a marketplace that runs on this machine.

  npm start                               a synthetic scene, with precision and recall
  npm start -- --scene scene.tif          a scene of yours: bands 12, 11 and NIR in one GeoTIFF

Scene
  --scene FILE      GeoTIFF to search; without it a synthetic scene is made
  --bands LIST      where the bands stand in it, from 0: 12=0,11=1,nir=2 (default: as the file names them)
  --scale NUMBER    reflectance = (DN + offset) · scale (default 0.0001)
  --offset DN       -1000 for products of baseline 04.00 and later that still have it in (default 0)
  --seed INTEGER    which synthetic scene (default 1)

Job
  --tile PIXELS     side of a tile, one task each, 8 to ${MAX_TILE_PIXELS} (default 64)
  --batch TASKS     tasks in a batch, 1 to 4096 (default 16)
  --reward ETHER    what a task pays (default 0.001)
  --workers N       worker processes, 1 to 16 (default 3), at least 2 with --liar
  --liar            one of the workers returns wrong results, is challenged, ruled on by a jury and slashed

Output
  --out FOLDER      where the results go (default out/fire-detection)
  --json            end with one line of JSON
  --port PORT       of the local chain (default 0: any free one)
  --help            this text`;

const FLAGS = {
  scene: { type: "string" },
  bands: { type: "string" },
  scale: { type: "string" },
  offset: { type: "string" },
  seed: { type: "string" },
  tile: { type: "string" },
  batch: { type: "string" },
  reward: { type: "string" },
  workers: { type: "string" },
  out: { type: "string" },
  json: { type: "boolean" },
  liar: { type: "boolean" },
  port: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

type FlagName = keyof typeof FLAGS;

/** What only a file has, and what only a synthetic scene has. */
const FILE_ONLY = ["bands", "scale", "offset"] as const;
const MAX_SEED = 2 ** 31 - 1;

/**
 * Reads the command line of the example.
 * @param argv - the arguments alone, without `node` and the script.
 * @throws {@link UsageError} for an unknown flag, a missing or repeated value, a value out of range, flags that exclude each
 * other, and for anything that is not a flag.
 */
export function parseOptions(argv: readonly string[]): FireOptions {
  const values = readFlags(argv);
  if (values.scene === undefined) {
    const stray = FILE_ONLY.find((flag) => values[flag] !== undefined);
    if (stray !== undefined) {
      throw new UsageError(
        `--${stray} describes a file: add --scene FILE, or leave --${stray} out.`,
      );
    }
  } else if (values.seed !== undefined) {
    throw new UsageError("--seed makes a synthetic scene: leave out either --seed or --scene.");
  }
  return {
    help: values.help ?? false,
    scene: values.scene,
    bands: values.bands === undefined ? undefined : parseBands(values.bands),
    scale: number("scale", values.scale ?? "0.0001", { above: 0, most: 1 }),
    offset: number("offset", values.offset ?? "0", { least: -65_535, most: 65_535 }),
    seed: integer("seed", values.seed ?? "1", 0, MAX_SEED),
    tile: integer("tile", values.tile ?? "64", 8, MAX_TILE_PIXELS),
    batch: integer("batch", values.batch ?? "16", 1, 4_096),
    rewardWei: parseReward(values.reward ?? "0.001"),
    workers: integer("workers", values.workers ?? "3", values.liar ? 2 : 1, 16),
    liar: values.liar ?? false,
    out: values.out ?? "out/fire-detection",
    json: values.json ?? false,
    port: integer("port", values.port ?? "0", 0, 65_535),
  };
}

function readFlags(argv: readonly string[]) {
  const { tokens, values } = parseArgs({
    args: joinNegativeNumbers(argv),
    options: FLAGS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new UsageError(`"${token.value}" is not a flag: --help lists what there is.`);
    }
    if (!isFlag(token.name)) {
      throw new UsageError(`There is no flag ${token.rawName}: --help lists what there is.`);
    }
    if (seen.has(token.name)) {
      throw new UsageError(`--${token.name} is given twice: leave one out.`);
    }
    seen.add(token.name);
    const takesValue = FLAGS[token.name].type === "string";
    if (
      takesValue &&
      (token.value === undefined || token.value === "" || isFlagLike(token.value))
    ) {
      throw new UsageError(
        `--${token.name} needs a value: write --${token.name} ${EXAMPLES[token.name]}.`,
      );
    }
    if (!takesValue && token.value !== undefined) {
      throw new UsageError(`--${token.name} takes no value: write it alone.`);
    }
  }
  return values as {
    [Name in FlagName]?: (typeof FLAGS)[Name]["type"] extends "boolean" ? boolean : string;
  };
}

const EXAMPLES: Readonly<Record<FlagName, string>> = {
  scene: "scene.tif",
  bands: "12=0,11=1,nir=2",
  scale: "0.0001",
  offset: "-1000",
  seed: "1",
  tile: "64",
  batch: "16",
  reward: "0.001",
  workers: "3",
  out: "out/fire-detection",
  json: "",
  liar: "",
  port: "8545",
  help: "",
};

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

function isFlagLike(value: string): boolean {
  return value.startsWith("--");
}

/** `--offset -1000` means `--offset=-1000`; the parser would take the number for a flag. */
function joinNegativeNumbers(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    const flag = joined.at(-1);
    if (/^-[\d.]/.test(argument) && flag !== undefined && /^--[^=]+$/.test(flag)) {
      joined[joined.length - 1] = `${flag}=${argument}`;
    } else joined.push(argument);
  }
  return joined;
}

function parseBands(text: string): BandIndices {
  const indices = new Map<string, number>();
  for (const part of text.split(",")) {
    const match = /^(12|11|nir)=(\d{1,4})$/i.exec(part.trim());
    const name = match?.[1]?.toLowerCase();
    if (match === null || name === undefined || indices.has(name)) throw badBands(text);
    indices.set(name, Number(match[2]));
  }
  const at = (name: BandName) => {
    const index = indices.get(name);
    if (index === undefined) throw badBands(text);
    return index;
  };
  const bands = { "12": at("12"), "11": at("11"), nir: at("nir") };
  if (new Set(Object.values(bands)).size !== BAND_NAMES.length) throw badBands(text);
  return bands;
}

function badBands(text: string): UsageError {
  return new UsageError(
    `--bands ${text} does not give bands 12, 11 and nir a place each: write, for example, --bands 12=0,11=1,nir=2.`,
  );
}

function number(
  flag: FlagName,
  text: string,
  {
    least = Number.NEGATIVE_INFINITY,
    above = Number.NEGATIVE_INFINITY,
    most,
  }: { least?: number; above?: number; most: number },
): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value > above && value <= most) return value;
  const range = Number.isFinite(least)
    ? `from ${least} to ${most}`
    : `above ${above} and at most ${most}`;
  throw new UsageError(`--${flag} ${text} is out of range: give a number ${range}.`);
}

function integer(flag: FlagName, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `--${flag} ${text} is out of range: give an integer from ${least} to ${most}.`,
  );
}

function parseReward(text: string): bigint {
  const wei = /^\d{1,7}(\.\d{1,18})?$/.test(text) ? parseEther(text) : 0n;
  if (wei > 0n && wei <= parseEther("1000000")) return wei;
  throw new UsageError(
    `--reward ${text} is out of range: give the ether a task pays, above 0 and at most 1000000, for example 0.001.`,
  );
}
