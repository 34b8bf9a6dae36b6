import { parseArgs } from "node:util";
import { parseEther } from "viem";
import { UsageError } from "../../../shared/src/commandLine/usageError.ts";
import { parseRule, type RuleOptions } from "../aggregate/rules.ts";
import { ATTACKS, type AttackName } from "../attacks/attacks.ts";
import { DEFAULT_TRAINING, type FederationOptions } from "../federation/options.ts";

export interface CommandOptions {
  help: boolean;
  /** Every rule under every attack, in this process's threads, instead of one training on the marketplace. */
  grid: boolean;
  json: boolean;
  /** Training data; undefined for those beside the checkout, or else synthetic ones. */
  data: string | undefined;
  /** Test data; undefined for the file beside `data` that ends with .tes, or else a part of `data`. */
  test: string | undefined;
  /** Measures on held-out training data instead of the test data. */
  validate: boolean;
  federation: FederationOptions;
  seeds: number;
  threads: number;
  workers: number;
  port: number;
  out: string;
  /** Wei that a training or aggregation task pays, and that contributions share at the end. */
  rewardWei: bigint;
  budgetWei: bigint;
}

export const USAGE = `Federated learning with Byzantine clients, on a marketplace that runs on this machine.

  npm run example:fl                  trains on the marketplace; clients are paid by contribution
  npm run example:fl -- --grid        every rule under every attack, on this machine's cores

Data
  --data FILE         numbers with commas, the label last (default: ../shared/data/optdigits.tra, else synthetic)
  --test FILE         test data (default: the same name with .tes, else a fifth of the data)
  --validate          measure on held-out training data, to choose options without the test data

Federation
  --clients N         who has data (default 100; grid 15)
  --participants N    clients a round (default 12; grid all)
  --byzantine N       clients that attack (default a tenth; grid 4)
  --attack NAME       ${ATTACKS.join(", ")} (default sign-flip)
  --aggregator NAME   a rule, with nnm+, arc+ or clip+ before it (default nnm+trimmed-mean)
  --f N               Byzantine clients that the rule withstands (default 3; grid 4)
  --rounds N          (default 6; grid 100)
  --alpha NUMBER      how evenly classes are shared out: small is uneven (default 0.3)
  --hidden N          units of a hidden layer; 0 for softmax regression (default 0)
  --rate NUMBER       learning rate (default 1), with --steps (5) of --batch (32) examples
  --alie-z NUMBER     strength of ALIE (default 1.5)
  --clip NORM         clips updates; with --noise NUMBER also noises them: (epsilon, delta) is computed
  --seed N            (default 1); in the grid the first of --seeds N (3)

Run
  --workers N         worker processes on the marketplace (default 3)
  --threads N         threads of the grid (default 2)
  --reward ETHER      what a task pays (default 0.002)
  --budget ETHER      what contributions share (default 0.01)
  --port PORT         of the local chain (default 0: any free one)
  --out FOLDER        where the results go (default out/federated-learning)
  --json              end with one line of JSON
  --help              this text`;

const FLAGS = {
  help: { type: "boolean", short: "h" },
  grid: { type: "boolean" },
  json: { type: "boolean" },
  validate: { type: "boolean" },
  data: { type: "string" },
  test: { type: "string" },
  clients: { type: "string" },
  participants: { type: "string" },
  byzantine: { type: "string" },
  attack: { type: "string" },
  aggregator: { type: "string" },
  f: { type: "string" },
  rounds: { type: "string" },
  alpha: { type: "string" },
  hidden: { type: "string" },
  rate: { type: "string" },
  steps: { type: "string" },
  batch: { type: "string" },
  "alie-z": { type: "string" },
  clip: { type: "string" },
  noise: { type: "string" },
  seed: { type: "string" },
  seeds: { type: "string" },
  workers: { type: "string" },
  threads: { type: "string" },
  reward: { type: "string" },
  budget: { type: "string" },
  port: { type: "string" },
  out: { type: "string" },
} as const;

type FlagName = keyof typeof FLAGS;

/**
 * Reads the command line.
 * @throws {@link UsageError} in one line that says what to type instead.
 */
export function parseOptions(argv: readonly string[]): CommandOptions {
  const flags = readFlags(argv);
  const grid = flags.grid === true;
  const text = (name: FlagName) => flags[name] as string | undefined;
  const whole = (name: FlagName, fallback: number, least: number, most: number) => {
    const given = text(name);
    if (given === undefined) return fallback;
    if (/^\d{1,10}$/.test(given) && Number(given) >= least && Number(given) <= most)
      return Number(given);
    throw new UsageError(
      `--${name} ${given} is out of range: give a whole number from ${least} to ${most}.`,
    );
  };
  const positive = (name: FlagName, fallback: number | undefined) => {
    const given = text(name);
    if (given === undefined) return fallback;
    if (Number(given) > 0 && Number(given) <= 1e6) return Number(given);
    throw new UsageError(`--${name} ${given} is out of range: give a number above 0.`);
  };
  const clients = whole("clients", grid ? 15 : 100, 1, 1_000);
  const participants = whole("participants", grid ? clients : Math.min(12, clients), 1, clients);
  if (grid && participants !== clients) {
    throw new UsageError("In the grid all clients take part: leave --participants out.");
  }
  const byzantine = whole(
    "byzantine",
    grid ? Math.min(4, clients) : Math.floor(clients / 10),
    0,
    clients,
  );
  const attack = text("attack") ?? "sign-flip";
  if (!(ATTACKS as readonly string[]).includes(attack)) {
    throw new UsageError(`There is no attack "${attack}": choose from ${ATTACKS.join(", ")}.`);
  }
  if (grid && (flags.attack ?? flags.aggregator) !== undefined) {
    throw new UsageError(
      "The grid runs every attack and every rule: leave --attack and --aggregator out.",
    );
  }
  const clip = positive("clip", undefined);
  const rule = readRule(text("aggregator") ?? "nnm+trimmed-mean", clip);
  const noise = positive("noise", undefined);
  if (noise !== undefined && clip === undefined) {
    throw new UsageError("--noise is in units of --clip: give both.");
  }
  if (noise !== undefined && (grid || rule.rule !== "mean" || rule.before?.length)) {
    throw new UsageError(
      "What noise protects is computed for the mean alone, outside the grid: add --aggregator mean.",
    );
  }
  return {
    help: flags.help === true,
    grid,
    json: flags.json === true,
    data: text("data"),
    test: text("test"),
    validate: flags.validate === true,
    federation: {
      ...{ seed: whole("seed", 1, 0, 2 ** 31 - 1), clients, byzantine, participants },
      attack: attack as AttackName,
      alieZ: positive("alie-z", undefined),
      rule: { ...rule, f: whole("f", grid ? 4 : 3, 0, 1_000) },
      rounds: whole("rounds", grid ? 100 : 6, 1, 10_000),
      alpha: positive("alpha", 0.3) ?? 0.3,
      hidden: whole("hidden", 0, 0, 4_096),
      training: {
        steps: whole("steps", DEFAULT_TRAINING.steps, 1, 10_000),
        batch: whole("batch", DEFAULT_TRAINING.batch, 1, 1_000_000),
        rate: positive("rate", DEFAULT_TRAINING.rate) ?? DEFAULT_TRAINING.rate,
        decay: DEFAULT_TRAINING.decay,
      },
      privacy: clip === undefined ? undefined : { clip, noise: noise ?? 0 },
    },
    seeds: whole("seeds", 3, 1, 100),
    threads: whole("threads", 2, 1, 64),
    workers: whole("workers", 3, 1, 16),
    port: whole("port", 0, 0, 65_535),
    out: text("out") ?? "out/federated-learning",
    rewardWei: ether("reward", text("reward") ?? "0.002"),
    budgetWei: ether("budget", text("budget") ?? "0.01"),
  };
}

function readRule(name: string, clip: number | undefined): RuleOptions {
  const parsed = parseRule(name);
  if (parsed === undefined || parsed.rule === "rows" || parsed.rule === "mean-around-reference") {
    throw new UsageError(
      `There is no rule "${name}": write mean, median, krum, … or, for example, nnm+trimmed-mean.`,
    );
  }
  if (parsed.before.includes("clip") && clip === undefined) {
    throw new UsageError("clip+ needs to know how far: add --clip NORM.");
  }
  return { ...parsed, ...(clip !== undefined && { clip }) };
}

function ether(flag: FlagName, text: string): bigint {
  const wei = /^\d{1,7}(\.\d{1,18})?$/.test(text) ? parseEther(text) : 0n;
  if (wei > 0n) return wei;
  throw new UsageError(
    `--${flag} ${text} is out of range: give an amount of ether above 0, for example 0.001.`,
  );
}

function readFlags(argv: readonly string[]): { [Name in FlagName]?: string | boolean } {
  const { tokens, values } = parseArgs({
    args: [...argv],
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
    if (!Object.hasOwn(FLAGS, token.name)) {
      throw new UsageError(`There is no flag ${token.rawName}: --help lists what there is.`);
    }
    if (seen.has(token.name))
      throw new UsageError(`--${token.name} is given twice: leave one out.`);
    seen.add(token.name);
    const takesValue = FLAGS[token.name as FlagName].type === "string";
    if (
      takesValue &&
      (token.value === undefined || token.value === "" || token.value.startsWith("--"))
    ) {
      throw new UsageError(`--${token.name} needs a value: --help shows which.`);
    }
    if (!takesValue && token.value !== undefined) {
      throw new UsageError(`--${token.name} takes no value: write it alone.`);
    }
  }
  return values as { [Name in FlagName]?: string | boolean };
}
