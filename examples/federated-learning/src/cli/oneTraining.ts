import type { AbortOptions } from "@assay/sdk";
import {
  displayPath,
  prepareOutputFolder,
  writeOutputFiles,
} from "../../../shared/src/outputFolder/outputFolder.ts";
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import { loadSources } from "../data/loadSources.ts";
import { summariseClients } from "../federation/clientEvaluation.ts";
import { type Federation, prepareFederation } from "../federation/prepare.ts";
import type { Training, TrainOptions } from "../federation/training.ts";
import { type Comparison, compare } from "../grid/comparison.ts";
import { startThreads } from "../grid/threads.ts";
import { type ClientRow, clientRows, formatClients } from "../outputs/clientTable.ts";
import { trainingCurves } from "../outputs/curves.ts";
import { plotRun } from "../outputs/plotRun.ts";
import { clientTable, roundTable, writeTable } from "../outputs/tables.ts";
import { privacySpent } from "../privacy/accountant.ts";
import { compileAll, type ProgramName } from "../programs/programs.ts";
import { loadText } from "../text/loadText.ts";
import type { CommandOptions } from "./options.ts";
import { createTrainingView, type TrainingView } from "./trainingView.ts";

// What one training has, on a marketplace or anywhere else.

export interface About {
  data: string;
  aggregator: string;
  attack: string;
  strategy: string;
}

export interface OpenTraining extends AsyncDisposable {
  federation: Federation;
  programs: ReadonlyMap<ProgramName, Uint8Array>;
  /** What the report says of the training. */
  about: About;
  view: TrainingView;
  /** Where to go on, where to save, and whom to tell. */
  train: TrainOptions;
  /** The trainings to compare with; they run beside this one. */
  comparison: Promise<Comparison>;
}

/** Reads the data, compiles the programs, says on the stream what is trained, and begins the trainings that it is compared with. */
export async function openTraining(
  options: CommandOptions,
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<OpenTraining> {
  const { federation: federationOptions, validate, out } = options;
  const { seed, clients, byzantine, attack, rule, rounds, strategy } = federationOptions;
  await prepareOutputFolder(out);
  const { name, ...sources } = await (options.text ? loadText : loadSources)({
    ...options,
    seed,
    signal,
  });
  const holdOut = validate ? "test" : "validation";
  const federation = prepareFederation(sources, federationOptions, holdOut);
  const programs = await compileAll({ signal });
  const aggregator = [...(rule.before ?? []), rule.rule].join("+");
  const about = { data: name, aggregator, attack, strategy: strategy?.name ?? "fedavg" };
  const liars = attack === "none" ? "nobody lies" : `${byzantine} of them lie (${attack})`;
  stream.write(
    `\nAssay · federated learning · ${name} · ${clients} clients, ${liars} · ${about.strategy} over ${aggregator}, f = ${rule.f}\n\n`,
  );
  const checkpoint =
    options.checkpoint === undefined
      ? undefined
      : openCheckpoint(options.checkpoint, federation, programs);
  const from = await checkpoint?.load({ signal });
  const view = createTrainingView(stream, { rounds, aggregator });
  if (from !== undefined) {
    stream.write(
      `  goes on after round ${from.rounds.length}, from ${displayPath(options.checkpoint ?? "")}\n`,
    );
  }
  for (const report of from?.rounds ?? []) view.round(report);
  const threads = startThreads({ count: 1, programs, sources });
  const comparison = compare(threads, federationOptions, { holdOut, signal });
  // Whoever awaits it hears of a failure; until then it is not one that nobody handles.
  comparison.then(view.compare, () => undefined);
  return {
    ...{ federation, programs, about, view, comparison },
    train: {
      from,
      save: checkpoint?.save,
      onRound: view.round,
    },
    [Symbol.asyncDispose]: () => threads[Symbol.asyncDispose](),
  };
}

/** (epsilon, delta) of the clients; delta is 1 / (10 · clients). */
function spentPrivacy({ federation }: CommandOptions, rounds: number) {
  const { privacy, participants, clients } = federation;
  if (privacy === undefined || privacy.noise === 0) return undefined;
  const rate = participants / clients;
  const { noise } = privacy;
  const spent = privacySpent({ rate, noise, steps: rounds, delta: 1 / (10 * clients) });
  return { rate, noise, ...spent };
}

export interface Outcome {
  about: About;
  comparison: Comparison;
  clients: ClientRow[];
  /** The report, which is also what `--json` prints. */
  json: ReturnType<typeof outcomeJson>;
  /** The report's end, for a person. */
  lines: string[];
}

/**
 * What a training came to.
 * @param payments - what each client was paid, wei, or would be.
 */
export async function outcomeOf(
  { about, comparison: pending, view, federation }: OpenTraining,
  training: Training,
  options: CommandOptions,
  payments: ReadonlyMap<number, bigint>,
): Promise<Outcome> {
  const comparison = await pending;
  view.bars.close();
  const clients = clientRows(training, federation.options, payments);
  const privacy = spentPrivacy(options, training.rounds.length);
  const outcome = { about, comparison, clients };
  return {
    ...outcome,
    json: outcomeJson(outcome, training, privacy),
    lines: [
      "",
      ...accuracyLines(outcome, training),
      "",
      ...formatClients(clients, {
        byzantine: federation.options.byzantine,
        arePaid: options.runner === "market",
      }),
      ...clientLines(training),
      ...privacyLines(privacy),
    ],
  };
}

function accuracyLines(
  { comparison, about }: Pick<Outcome, "comparison" | "about">,
  { rounds, bestRound, stoppedEarly }: Training,
): string[] {
  const shown = (accuracy: number | undefined) => (accuracy ?? 0).toFixed(3);
  const last = rounds.length;
  const at = (curve: readonly { accuracy: number }[]) => curve[last - 1]?.accuracy;
  const { attackFree, plainMean } = comparison;
  const rows: [string, string][] = [
    ...(attackFree
      ? [["plain mean, nobody lies", shown(at(attackFree.curve))] as [string, string]]
      : []),
    ...(plainMean
      ? [["plain mean, under attack", shown(at(plainMean.curve))] as [string, string]]
      : []),
    [
      `${about.aggregator}, ${about.attack === "none" ? "nobody lies" : "under attack"}`,
      shown(rounds.at(-1)?.accuracy),
    ],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `  accuracy on the test data after round ${last}`,
    ...rows.map(([label, accuracy]) => `    ${label.padEnd(width)}  ${accuracy}`),
    ...(stoppedEarly
      ? [
          `  stopped early: the validation loss was least after round ${bestRound}, whose model is kept (accuracy ${shown(rounds[bestRound - 1]?.accuracy)})`,
        ]
      : []),
  ];
}

function clientLines({ clientEvaluations }: Training): string[] {
  const summary = summariseClients(clientEvaluations);
  if (summary === undefined) return [];
  const { mean, weighted, tenth, median } = summary;
  return [
    `  accuracy on each client's own data: mean ${mean.toFixed(3)} (by examples ${weighted.toFixed(3)}), median ${median.toFixed(3)}, a tenth at most ${tenth.toFixed(3)}`,
  ];
}

function outcomeJson(
  { about, comparison, clients }: Pick<Outcome, "about" | "comparison" | "clients">,
  training: Training,
  privacy: object | undefined,
) {
  const { rounds, shapley, leaveOneOut, bestRound, stoppedEarly, clientEvaluations } = training;
  const curveOf = (curve: readonly { accuracy: number }[] | undefined) =>
    curve?.map(({ accuracy }) => accuracy) ?? null;
  const liars = clients.filter(({ isLiar }) => isLiar);
  const count = (of: readonly ClientRow[], test: (row: ClientRow) => boolean) =>
    of.filter(test).length;
  return {
    ...about,
    accuracy: rounds.at(stoppedEarly ? bestRound - 1 : -1)?.accuracy ?? 0,
    ...{ bestRound, stoppedEarly },
    comparison: {
      attackFree: curveOf(comparison.attackFree?.curve),
      plainMean: curveOf(comparison.plainMean?.curve),
    },
    liars: {
      tookPart: liars.length,
      found: count(liars, ({ found }) => found),
      paid: count(liars, ({ paidWei }) => paidWei > 0n),
    },
    honest: {
      tookPart: clients.length - liars.length,
      found: count(clients, ({ found, isLiar }) => found && !isLiar),
      paid: count(clients, ({ paidWei, isLiar }) => paidWei > 0n && !isLiar),
    },
    rounds: rounds.map(({ contributions: _, clients: reports, ...round }) => ({
      ...round,
      error: round.error ?? null,
      notSelected: reports
        .filter(({ verdict }) => verdict === "not-selected")
        .map(({ client }) => client),
    })),
    shapley: Object.fromEntries(shapley),
    leaveOneOut: Object.fromEntries(leaveOneOut),
    ofClients: { ...summariseClients(clientEvaluations), clients: clientEvaluations },
    privacy: privacy ?? null,
  };
}

/** Writes report, picture and tables. @returns their paths. */
export async function writeTraining(
  { out, tables, federation }: CommandOptions,
  { rounds }: Training,
  { about, comparison, clients }: Outcome,
  report: object,
  { signal }: AbortOptions,
): Promise<string[]> {
  const { data, aggregator, attack } = about;
  const curves = trainingCurves(rounds, comparison, aggregator);
  const title = `${data} · ${aggregator} · ${attack} · ${federation.clients} clients`;
  return writeOutputFiles(
    out,
    {
      "run.json": `${JSON.stringify(report, null, 1)}\n`,
      "run.png": await plotRun(curves, rounds, title),
      [`rounds.${tables}`]: writeTable(roundTable(rounds, comparison), tables),
      [`clients.${tables}`]: writeTable(clientTable(clients), tables),
    },
    { signal },
  );
}

/** What was spent of the clients' privacy, for a person. */
function privacyLines(privacy: ReturnType<typeof spentPrivacy>): string[] {
  if (privacy === undefined) return [];
  const { epsilon, delta, order } = privacy;
  return [
    `  privacy: (${epsilon.toFixed(2)}, ${delta}) by RDP of order ${order}, for one client, from all released models`,
  ];
}
