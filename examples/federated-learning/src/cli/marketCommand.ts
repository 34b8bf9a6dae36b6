import { formatTable, shortHex } from "@assay/devnet";
import { formatEther } from "viem";
import { trains } from "../attacks/attacks.ts";
import { type MarketProgress, type MarketRunReport, runOnMarket } from "../market/run.ts";
import { createBars } from "../outputs/bars.ts";
import {
  describeRound,
  type OpenTraining,
  openTraining,
  privacyLines,
  spentPrivacy,
  trainingJson,
  writeTraining,
} from "./oneTraining.ts";
import type { CommandOptions } from "./options.ts";

/** A training on the marketplace. Writes its report and picture, and returns what the last line of `--json` says. */
export async function marketCommand(
  options: CommandOptions,
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<object> {
  const { federation: federationOptions, workers, out } = options;
  const { rounds } = federationOptions;
  const { federation, programs, about } = await openTraining(options, stream, signal);
  const line = (label: string, text: string) => stream.write(`  ${label.padEnd(9)} ${text}\n`);
  const bars = createBars(stream);
  const poisson = (federationOptions.privacy?.noise ?? 0) > 0;
  const show = ({ rounds: done, tasks, clientsPaid }: MarketProgress) =>
    bars.update([
      { label: "rounds", done, of: rounds },
      // With Poisson sampling the number of participants is not known in advance.
      ...(poisson ? [] : [{ label: "results verified", done: tasks, of: expectedTasks(options) }]),
      ...(clientsPaid > 0 && done === rounds
        ? [{ label: "clients paid", done: clientsPaid, of: Math.max(clientsPaid, 1) }]
        : []),
    ]);
  const report = await runOnMarket(federation, {
    ...options,
    programs,
    onReady({ rpcUrl, marketplace, seconds }) {
      line("chain", `${rpcUrl}, Marketplace at ${marketplace}`);
      line("workers", `${workers} processes (${seconds.toFixed(1)} s)`);
      line("round", "two jobs: a task for each client's training, then one for the aggregation\n");
    },
    onProgress: show,
    onRound: (round) => bars.note(describeRound(round, rounds)),
    signal,
  });
  bars.close();

  const privacy = spentPrivacy(options);
  const summary = toJson(report, about, privacy);
  const files = await writeTraining(out, report.training, summary, { signal });
  const lines = [
    "",
    formatClients(report, federation.options),
    "",
    formatTable(
      ["worker", "earned (ETH)"],
      report.workers.map(({ address, earnedWei }) => [address, formatEther(earnedWei)]),
    ),
    "",
    `  ${report.jobs} jobs, ${report.tasks} tasks; escrow ${formatEther(report.escrowWei)} ETH, all paid, to the wei`,
    ...privacyLines(privacy),
    `  model ${report.modelSha256.slice(0, 16)}…, everybody paid after ${report.secondsTotal.toFixed(1)} s`,
    ...files.map((file) => `  ${file}`),
  ];
  stream.write(`${lines.join("\n")}\n`);
  return { ...summary, files };
}

function expectedTasks({ federation }: CommandOptions): number {
  const { rounds, participants, clients, byzantine, attack } = federation;
  // A client that makes its update up does not train. The participants are drawn round by round, so this is an estimate.
  const training = trains(attack)
    ? participants
    : Math.max(0, participants - Math.min(byzantine, clients));
  return rounds * (training + 1);
}

function formatClients(
  { training, clients }: MarketRunReport,
  { clients: count, byzantine, attack }: { clients: number; byzantine: number; attack: string },
): string {
  const suspected = new Map<number, number>();
  const took = new Map<number, number>();
  for (const { suspects, participants } of training.rounds) {
    for (const client of participants) took.set(client, (took.get(client) ?? 0) + 1);
    for (const { client } of suspects) suspected.set(client, (suspected.get(client) ?? 0) + 1);
  }
  const paid = new Map(clients.map((client) => [client.client, client]));
  const rows = [...training.shapley]
    .toSorted(([, a], [, b]) => b - a)
    .map(([client, value]) => [
      `${client}${attack !== "none" && client >= count - byzantine ? " (Byzantine)" : ""}`,
      String(took.get(client) ?? 0),
      value.toFixed(4),
      (training.leaveOneOut.get(client) ?? 0).toFixed(4),
      String(suspected.get(client) ?? 0),
      (training.ledger.reputations[client] ?? 0).toFixed(2),
      formatEther(paid.get(client)?.earnedWei ?? 0n).slice(0, 10),
      paid.has(client) ? shortHex(paid.get(client)?.address ?? "") : "",
    ]);
  return formatTable(
    ["client", "rounds", "Shapley", "leave-one-out", "suspected", "reputation", "paid (ETH)", "to"],
    rows,
  );
}

/** Amounts of wei do not fit a JSON number: they are strings. */
function toJson(
  report: MarketRunReport,
  about: OpenTraining["about"],
  privacy: object | undefined,
) {
  return {
    ...trainingJson(report.training, about, privacy),
    jobs: report.jobs,
    tasks: report.tasks,
    escrowWei: String(report.escrowWei),
    workers: report.workers.map(({ address, earnedWei }) => ({
      address,
      earnedWei: String(earnedWei),
    })),
    clients: report.clients.map(({ client, address, earnedWei }) => ({
      client,
      address,
      earnedWei: String(earnedWei),
    })),
    modelSha256: report.modelSha256,
    secondsTotal: Math.round(report.secondsTotal * 100) / 100,
  };
}
