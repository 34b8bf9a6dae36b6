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
import { parseRule, type RuleOptions } from "../aggregate/rules.ts";
import { ATTACKS, type AttackName } from "../attacks/attacks.ts";
import { DEFAULT_TRAINING, type FederationOptions } from "../federation/options.ts";
import { TABLE_FORMATS, type TableFormat } from "../outputs/tables.ts";
import { STRATEGIES, type StrategyOptions } from "../strategies/strategies.ts";

export interface CommandOptions {
  help: boolean;
  /** Whether to run every rule under every attack in threads of this process, instead of one training on the marketplace. */
  grid: boolean;
  json: boolean;
  /** Where the tasks of one training run. */
  runner: RunnerName;
  /** Whether the data are sentences. */
  text: boolean;
  /** File of training data. Undefined: sentences of reviews, or the file beside the checkout if there is one, else synthetic data. */
  data: string | undefined;
  /** File of test data. Undefined: the file beside `data` that ends with `.tes` if there is one, else a part of `data`. */
  test: string | undefined;
  /** Whether to measure on held-out training data instead of the test data. */
  validate: boolean;
  federation: FederationOptions;
  /** Number of seeds in the grid. */
  seeds: number;
  /** Threads of the grid. */
  threads: number;
  /** Worker processes on the marketplace. */
  workers: number;
  /** Port of the local chain; 0 takes any free one. */
  port: number;
  /** Folder for the results. */
  out: string;
  /** Format of the tables among the results. */
  tables: TableFormat;
  /** File in which the training is stored after each round, and from which it goes on. Undefined: none. */
  checkpoint: string | undefined;
  /** Reward of a training or aggregation task, wei. */
  rewardWei: bigint;
  /** Amount that the clients share by contribution at the end, wei. */
  budgetWei: bigint;
}

export const USAGE = `Federated learning with Byzantine clients, on a marketplace that runs on this machine.

  npm run example:fl                  trains on the marketplace; clients are paid by contribution
  npm run example:fl -- --runner threads
                                      the same training on this machine's cores: nobody is paid
  npm run example:fl -- --text        the same for sentences: is a review good or bad?
  npm run example:fl -- --grid        every rule under every attack, on this machine's cores

Data
  --text              sentences: 3,000 reviews of npm's package sentiment, or --data FILE with the columns text and label
  --data FILE         a CSV or Parquet file of numbers, the label last; or synthetic (default: ../shared/data/optdigits.tra, else synthetic)
  --test FILE         test data (default: the same name with .tes, else a fifth of the data)
  --validate          measure on held-out training data, to choose options without the test data

Federation
  --clients N         clients that have data (default 100; grid 15)
  --participants N    clients a round (default 20; text 30; grid all)
  --byzantine N       clients that attack (default a tenth; grid 4)
  --attack NAME       ${ATTACKS.join(", ")} (default ipm)
  --aggregator NAME   a rule, with nnm+, arc+ or clip+ before it (default nnm+trimmed-mean)
  --f N               Byzantine clients a round that the rule withstands (default 5; text 6; grid 4)
  --strategy NAME     how the server moves the model: ${STRATEGIES.join(", ")} (default fedavg)
  --server-rate X     its rate (default 1; fedadam and fedyogi 0.1)
  --mu NUMBER         pull of fedprox to the model that clients were given (default 0.1)
  --rounds N          rounds of training (default 10; text 20; grid 100)
  --patience N        ends after N rounds without a smaller validation loss, with the best model (default: never)
  --alpha NUMBER      how evenly classes are shared out: small is uneven (default 0.3; text 10)
  --hidden N          units of a hidden layer; 0 for softmax regression (default 0)
  --rate NUMBER       learning rate (default 1), with --steps (5) of --batch (32) examples
  --alie-z NUMBER     strength of ALIE (default 1.5)
  --clip NORM         clips updates; with --noise NUMBER also noises them: (epsilon, delta) is computed
  --seed N            seed of all random numbers (default 1); in the grid the first of --seeds N (3)

Run
  --runner NAME       market (default), or without a marketplace: in-process, threads or processes of this machine
  --workers N         worker processes on the marketplace (default 3)
  --threads N         threads of the grid (default 2)
  --reward ETHER      reward of a task (default 0.002)
  --budget ETHER      amount that the clients share by contribution (default 0.01)
  --port PORT         port of the local chain (default 0: any free one)
  --out FOLDER        folder for the results (default out/federated-learning)
  --tables FORMAT     csv (default) or parquet: rounds and clients as tables
  --checkpoint FILE   stores the training after each round, and goes on from there if the file exists
  --json              end with one line of JSON
  --help              this text`;

const FLAGS = {
  help: { type: "boolean", short: "h" },
  grid: { type: "boolean" },
  json: { type: "boolean" },
  text: { type: "boolean" },
  runner: { type: "string", example: "threads" },
  validate: { type: "boolean" },
  data: { type: "string", example: "optdigits.tra" },
  test: { type: "string", example: "optdigits.tes" },
  clients: { type: "string", example: "100" },
  participants: { type: "string", example: "20" },
  byzantine: { type: "string", example: "10" },
  attack: { type: "string", example: "ipm" },
  aggregator: { type: "string", example: "nnm+trimmed-mean" },
  f: { type: "string", example: "5" },
  strategy: { type: "string", example: "fedyogi" },
  "server-rate": { type: "string", example: "0.1" },
  mu: { type: "string", example: "0.1" },
  rounds: { type: "string", example: "10" },
  patience: { type: "string", example: "5" },
  alpha: { type: "string", example: "0.3" },
  hidden: { type: "string", example: "32" },
  rate: { type: "string", example: "1" },
  steps: { type: "string", example: "5" },
  batch: { type: "string", example: "32" },
  "alie-z": { type: "string", example: "1.5" },
  clip: { type: "string", example: "1" },
  noise: { type: "string", example: "1" },
  seed: { type: "string", example: "1" },
  seeds: { type: "string", example: "3" },
  workers: { type: "string", example: "3" },
  threads: { type: "string", example: "2" },
  reward: { type: "string", example: "0.002" },
  budget: { type: "string", example: "0.01" },
  port: { type: "string", example: "8545" },
  out: { type: "string", example: "out/federated-learning" },
  tables: { type: "string", example: "parquet" },
  checkpoint: { type: "string", example: "training.checkpoint" },
} as const satisfies Flags;

/** Flags that take a value. */
type TextFlag = {
  [Name in keyof typeof FLAGS]: (typeof FLAGS)[Name]["type"] extends "string" ? Name : never;
}[keyof typeof FLAGS];

/** What a federation of numbers, one of sentences and the grid have if the command line does not say. */
const NUMBERS = { clients: 100, participants: 20, f: 5, rounds: 10, alpha: 0.3 };
const TEXT = { clients: 100, participants: 30, f: 6, rounds: 20, alpha: 10 };
const GRID = { ...NUMBERS, clients: 15, participants: 15, f: 4, rounds: 100 };

/**
 * Reads the command line of the example.
 * @param argv - the arguments alone, without `node` and the script.
 * @throws {@link UsageError} for what {@link readFlags} refuses, a value out of range, and flags that exclude each other.
 */
export function parseOptions(argv: readonly string[]): CommandOptions {
  const flags = readFlags(argv, FLAGS);
  const grid = flags.grid ?? false;
  const integer = (name: TextFlag, fallback: number, minimum: number, maximum: number) => {
    const text = flags[name];
    return text === undefined ? fallback : parseInteger(name, text, minimum, maximum);
  };
  const positive = (name: TextFlag) => {
    const text = flags[name];
    return text === undefined ? undefined : parseNumber(name, text, { above: 0, maximum: 1e6 });
  };
  const text = flags.text ?? false;
  const defaults = grid ? GRID : text ? TEXT : NUMBERS;
  refuseInGrid(flags);
  const clients = integer("clients", defaults.clients, 1, 1_000);
  const some = Math.min(defaults.participants, clients);
  const participants = integer("participants", grid ? clients : some, 1, clients);
  if (grid && participants !== clients) {
    throw new UsageError("In the grid all clients take part: leave --participants out.");
  }
  const byzantine = integer(
    "byzantine",
    grid ? Math.min(4, clients) : Math.floor(clients / 10),
    0,
    clients,
  );
  const attack = flags.attack ?? "ipm";
  if (!(ATTACKS as readonly string[]).includes(attack)) {
    throw new UsageError(`There is no attack "${attack}": choose from ${ATTACKS.join(", ")}.`);
  }
  if (grid && (flags.attack ?? flags.aggregator) !== undefined) {
    throw new UsageError(
      "The grid runs every attack and every rule: leave --attack and --aggregator out.",
    );
  }
  const clip = positive("clip");
  const rule = readRule(flags.aggregator ?? "nnm+trimmed-mean", clip);
  const noise = positive("noise");
  if (noise !== undefined && clip === undefined) {
    throw new UsageError("--noise is in units of --clip: add --clip NORM.");
  }
  if (noise !== undefined && (grid || rule.rule !== "mean" || rule.before?.length)) {
    throw new UsageError(
      "The privacy of --noise is known only for the plain mean outside the grid: add --aggregator mean, and leave --grid out.",
    );
  }
  return {
    help: flags.help ?? false,
    grid,
    json: flags.json ?? false,
    runner: readRunner(flags),
    text,
    data: flags.data,
    test: flags.test,
    validate: flags.validate ?? false,
    federation: {
      seed: integer("seed", 1, 0, 2 ** 31 - 1),
      clients,
      byzantine,
      participants,
      attack: attack as AttackName,
      alieZ: positive("alie-z"),
      rule: { ...rule, f: integer("f", defaults.f, 0, 1_000) },
      strategy: readStrategy(flags),
      rounds: integer("rounds", defaults.rounds, 1, 10_000),
      patience: flags.patience === undefined ? undefined : integer("patience", 1, 1, 10_000),
      alpha: positive("alpha") ?? defaults.alpha,
      hidden: integer("hidden", 0, 0, 4_096),
      training: {
        steps: integer("steps", DEFAULT_TRAINING.steps, 1, 10_000),
        batch: integer("batch", DEFAULT_TRAINING.batch, 1, 1_000_000),
        rate: positive("rate") ?? DEFAULT_TRAINING.rate,
        decay: DEFAULT_TRAINING.decay,
      },
      privacy: clip === undefined ? undefined : { clip, noise: noise ?? 0 },
    },
    seeds: integer("seeds", 3, 1, 100),
    threads: integer("threads", 2, 1, 64),
    workers: integer("workers", 3, 1, 16),
    port: integer("port", 0, 0, 65_535),
    out: flags.out ?? "out/federated-learning",
    tables: readTables(flags.tables ?? "csv"),
    checkpoint: flags.checkpoint,
    rewardWei: parseAmount("reward", flags.reward ?? "0.002"),
    budgetWei: parseAmount("budget", flags.budget ?? "0.01"),
  };
}

/** Flags of one training, which mean nothing in the grid. */
const TRAINING_ONLY = ["text", "patience", "tables", "checkpoint"] as const;

function refuseInGrid(flags: FlagValues<typeof FLAGS>): void {
  const stray = TRAINING_ONLY.find((flag) => flags[flag] !== undefined);
  if (flags.grid && stray !== undefined) {
    throw new UsageError(`The grid is many trainings: leave out either --grid or --${stray}.`);
  }
}

function readStrategy(flags: FlagValues<typeof FLAGS>): StrategyOptions {
  const text = flags.strategy ?? "fedavg";
  const name = STRATEGIES.find((known) => known === text);
  if (name === undefined) {
    throw new UsageError(`There is no strategy "${text}": choose from ${STRATEGIES.join(", ")}.`);
  }
  if (flags.mu !== undefined && name !== "fedprox") {
    throw new UsageError("--mu is a part of fedprox: add --strategy fedprox.");
  }
  const number = (flag: "server-rate" | "mu") => {
    const given = flags[flag];
    return given === undefined ? undefined : parseNumber(flag, given, { above: 0, maximum: 1e6 });
  };
  return { name, rate: number("server-rate"), mu: number("mu") };
}

function readTables(text: string): TableFormat {
  const format = TABLE_FORMATS.find((known) => known === text);
  if (format !== undefined) return format;
  throw new UsageError(`There are no tables of format "${text}": choose csv or parquet.`);
}

/** Flags of a marketplace, which mean nothing elsewhere. */
const MARKET_ONLY = ["workers", "reward", "budget", "port"] as const;

function readRunner(flags: FlagValues<typeof FLAGS>): RunnerName {
  const runner = parseRunner(flags.runner ?? "market");
  if (flags.runner !== undefined && flags.grid) {
    throw new UsageError("The grid has threads of its own: leave out either --grid or --runner.");
  }
  const stray = MARKET_ONLY.find((flag) => flags[flag] !== undefined);
  if (runner !== "market" && stray !== undefined) {
    throw new UsageError(
      `--runner ${runner} runs without a marketplace: leave out either it or --${stray}.`,
    );
  }
  return runner;
}

function readRule(name: string, clip: number | undefined): RuleOptions {
  const parsed = parseRule(name);
  if (parsed === undefined || parsed.rule === "rows" || parsed.rule === "mean-around-reference") {
    throw new UsageError(
      `There is no rule "${name}": write mean, median, krum, … or, for example, nnm+trimmed-mean.`,
    );
  }
  if (parsed.before.includes("clip") && clip === undefined) {
    throw new UsageError("clip+ needs a norm: add --clip NORM.");
  }
  return { ...parsed, ...(clip !== undefined && { clip }) };
}
