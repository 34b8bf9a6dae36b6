import { formatTable } from "@assay/devnet";
import { formatEther } from "viem";
import { type MarketProgress, type MarketRunReport, runOnMarket } from "../market/run.ts";
import { openTraining, outcomeOf, writeTraining } from "./oneTraining.ts";
import type { CommandOptions } from "./options.ts";

/** A training on the marketplace. Writes its report and picture, and returns what the last line of `--json` says. */
export async function marketCommand(
  options: CommandOptions,
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<object> {
  const { workers } = options;
  const { rounds } = options.federation;
  await using opened = await openTraining(options, stream, signal);
  const { federation, programs, view, train } = opened;
  const { bars } = view;
  const line = (label: string, text: string) => stream.write(`  ${label.padEnd(9)} ${text}\n`);
  const show = ({ rounds: done, tasks, clientsPaid }: MarketProgress) =>
    bars.update([
      { label: "rounds", done, of: rounds },
      // How many clients train is not known before they are drawn: one that makes its update up does not.
      { label: "results verified", done: tasks, of: undefined },
      ...(clientsPaid > 0 ? [{ label: "clients paid", done: clientsPaid, of: undefined }] : []),
    ]);
  const report = await runOnMarket(federation, {
    ...options,
    programs,
    onReady({ rpcUrl, marketplace, seconds }) {
      line("chain", `${rpcUrl}, Marketplace at ${marketplace}`);
      line("workers", `${workers} processes (${seconds.toFixed(1)} s)`);
      line("round", "two jobs: a task for each client's training, then one for the aggregation");
      line("then", "each client measures the model on data of its own, and clients are paid\n");
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
