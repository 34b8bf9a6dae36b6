import type { AbortOptions } from "@assay/sdk";
import {
  prepareOutputFolder,
  writeOutputFiles,
} from "../../../shared/src/outputFolder/outputFolder.ts";
import { loadSources } from "../data/loadSources.ts";
import { type Federation, prepareFederation } from "../federation/prepare.ts";
import type { RoundReport, Training } from "../federation/training.ts";
import { plotRun } from "../outputs/plotRun.ts";
import { privacySpent } from "../privacy/accountant.ts";
import { compileAll, type ProgramName } from "../programs/programs.ts";
import type { CommandOptions } from "./options.ts";

// What one training has, on a marketplace or anywhere else.

export interface OpenTraining {
  federation: Federation;
  programs: ReadonlyMap<ProgramName, Uint8Array>;
  /** What the report says of the training. */
  about: { data: string; aggregator: string; attack: string };
}

/** Reads the data, compiles the programs and says on the stream what is trained. */
export async function openTraining(
  options: CommandOptions,
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<OpenTraining> {
  const { federation: federationOptions, validate, out } = options;
  const { seed, clients, byzantine, attack, rule } = federationOptions;
  await prepareOutputFolder(out);
  const { name, ...sources } = await loadSources({ ...options, seed, signal });
  const holdOut = validate ? "test" : "validation";
  const federation = prepareFederation(sources, federationOptions, holdOut);
  const programs = await compileAll({ signal });
  const aggregator = [...(rule.before ?? []), rule.rule].join("+");
  stream.write(
    `\nAssay · federated learning · ${name} · ${clients} clients, ${attack === "none" ? "none" : byzantine} Byzantine (${attack}) · ${aggregator}, f = ${rule.f}\n\n`,
  );
  return { federation, programs, about: { data: name, aggregator, attack } };
}

export function describeRound(
  { round, accuracy, suspects, error, participants }: RoundReport,
  of: number,
): string {
  const doubts = suspects.map(({ client, reason }) => `${client} (${reason})`).join(", ");
  const what =
    error === undefined
      ? `accuracy ${accuracy.toFixed(3)}`
      : `no aggregate (${error}), the model stays as it was`;
  return `  round ${String(round).padStart(String(of).length)}/${of}: ${participants.length} clients, ${what}${doubts === "" ? "" : `; suspected: ${doubts}`}`;
}

/** (epsilon, delta) of the clients; delta is 1 / (10 · clients). */
export function spentPrivacy({ federation }: CommandOptions) {
  const { privacy, participants, clients, rounds } = federation;
  if (privacy === undefined || privacy.noise === 0) return undefined;
  const rate = participants / clients;
  const { noise } = privacy;
  return {
    rate,
    noise,
    ...privacySpent({ rate, noise, steps: rounds, delta: 1 / (10 * clients) }),
  };
}

/** What the report has of any training. */
export function trainingJson(
  { rounds, shapley, leaveOneOut }: Training,
  about: OpenTraining["about"],
  privacy: object | undefined,
) {
  return {
    ...about,
    accuracy: rounds.at(-1)?.accuracy ?? 0,
    rounds: rounds.map(({ contributions: _, clients, ...round }) => ({
      ...round,
      error: round.error ?? null,
      notSelected: clients
        .filter(({ verdict }) => verdict === "not-selected")
        .map(({ client }) => client),
    })),
    shapley: Object.fromEntries(shapley),
    leaveOneOut: Object.fromEntries(leaveOneOut),
    privacy: privacy ?? null,
  };
}

/** Writes report and picture. @returns their paths. */
export async function writeTraining(
  out: string,
  { rounds }: Training,
  summary: { data: string; aggregator: string; attack: string },
  { signal }: AbortOptions,
): Promise<string[]> {
  const { data, aggregator, attack } = summary;
  return writeOutputFiles(
    out,
    {
      "run.json": `${JSON.stringify(summary, null, 1)}\n`,
      "run.png": await plotRun(rounds, `${data} · ${aggregator} · ${attack}`),
    },
    { signal },
  );
}

/** What was spent of the clients' privacy, for a person. */
export function privacyLines(privacy: ReturnType<typeof spentPrivacy>): string[] {
  if (privacy === undefined) return [];
  const { epsilon, delta, order } = privacy;
  return [
    `  privacy: (${epsilon.toFixed(2)}, ${delta}) by RDP of order ${order}, for one client, from all released models`,
  ];
}
