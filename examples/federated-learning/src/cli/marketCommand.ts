import { formatTable } from "@assay/devnet";
import { formatEther } from "viem";
import { trains } from "../attacks/attacks.ts";
import { type MarketProgress, type MarketRunReport, runOnMarket } from "../market/run.ts";
import { openTraining, outcomeOf, writeTraining } from "./oneTraining.ts";
import type { CommandOptions } from "./options.ts";

/** A training on the marketplace. Writes its report and picture, and returns what the last line of `--json` says. */
export async function marketCommand(
  options: CommandOptions,
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<object> {
  const { federation: federationOptions, workers } = options;
  const { rounds } = federationOptions;
  await using opened = await openTraining(options, stream, signal);
  const { federation, programs, view, train } = opened;
  const { bars } = view;
  const line = (label: string, text: string) => stream.write(`  ${label.padEnd(9)} ${text}\n`);
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
    train,
    signal,
  });
  const payments = new Map(report.clients.map(({ client, earnedWei }) => [client, earnedWei]));
  const outcome = await outcomeOf(opened, report.training, options, payments);
  const summary = { ...outcome.json, ...marketJson(report) };
  const files = await writeTraining(options, report.training, outcome, summary, { signal });
  const lines = [
    ...outcome.lines,
    "",
    formatTable(
      ["worker", "earned (ETH)"],
      report.workers.map(({ address, earnedWei }) => [address, formatEther(earnedWei)]),
    ),
    "",
    `  ${report.jobs} jobs, ${report.tasks} tasks; escrow ${formatEther(report.escrowWei)} ETH, all paid, to the wei`,
    `  model ${report.modelSha256.slice(0, 16)}…, everybody paid after ${report.secondsTotal.toFixed(1)} s`,
    ...files.map((file) => `  ${file}`),
  ];
  stream.write(`${lines.join("\n")}\n`);
  return { ...summary, files };
}

function expectedTasks({ federation }: CommandOptions): number {
  const { rounds, participants, clients, byzantine, attack } = federation;
  // Training, aggregations, and at the end an evaluation by each client. A client that makes its update up does not train. The participants are drawn round by round, so this is an estimate.
  const training = trains(attack)
    ? participants
    : Math.max(0, participants - Math.min(byzantine, clients));
  return rounds * (training + 1) + clients;
}

/** Amounts of wei do not fit a JSON number: they are strings. */
function marketJson({
  jobs,
  tasks,
  escrowWei,
  workers,
  clients,
  modelSha256,
  secondsTotal,
}: MarketRunReport) {
  return {
    ...{ jobs, tasks, escrowWei: String(escrowWei) },
    workers: workers.map(({ address, earnedWei }) => ({ address, earnedWei: String(earnedWei) })),
    clients: clients.map(({ client, address, earnedWei }) => ({
      ...{ client, address, earnedWei: String(earnedWei) },
    })),
    ...{ modelSha256, secondsTotal: Math.round(secondsTotal * 100) / 100 },
  };
}
