import type { JobId } from "@assay/sdk";
import { type Address, formatEther } from "viem";
import type { SlashAccount, Unit } from "./accounts.ts";
import { createProgressView, type Progress } from "./progress.ts";
import type { LocalRunReport } from "./run.ts";
import { formatCount, formatTable, shortHex } from "./table.ts";
import type { NodePlan } from "./worker.ts";

/** The output of a run for its viewer. */
export interface RunView {
  chainReady(chain: { rpcUrl: string; marketplace: Address; seconds: number }): void;
  workersReady(nodes: { plans: readonly NodePlan[]; seconds: number }): void;
  jobPosted(job: {
    jobId: JobId;
    tasks: number;
    batches: number;
    escrowWei: bigint;
    unit: Unit;
    challengeWindowSeconds: number;
  }): void;
  progress(progress: Readonly<Progress>): void;
  /** Something happened in a dispute. Without a label it belongs to what was told before. */
  news(label: string, text: string): void;
  closed(): void;
}

/** Writes a run on `stream`, for a person. */
export function createConsoleView(stream: NodeJS.WriteStream): RunView {
  const line = (label: string, text: string) => stream.write(`  ${label.padEnd(9)} ${text}\n`);
  let bars: ReturnType<typeof createProgressView> | undefined;
  return {
    chainReady: ({ rpcUrl, marketplace, seconds }) =>
      line("chain", `${rpcUrl}, Marketplace at ${marketplace} (${seconds.toFixed(1)} s)`),
    workersReady({ plans, seconds }) {
      const count = plans.filter(({ roles }) => roles.includes("worker")).length;
      line(
        "workers",
        `${count} ${count === 1 ? "process" : "processes"}, each with its own key, stake and p2p host (${seconds.toFixed(1)} s)`,
      );
      const jurors = plans.filter(({ roles }) => roles.includes("juror"));
      const isLying = ({ lies }: NodePlan) => lies;
      if (plans.some(isLying)) line("", "one of them lies; the others check each other");
      if (jurors.length === 0) return;
      const bribed = jurors.filter(isLying).length;
      line(
        "jurors",
        `${jurors.length} more processes, staked and waiting${bribed === 0 ? "" : `; ${bribed} of them bribed`}`,
      );
    },
    jobPosted({ jobId, tasks, batches, escrowWei, unit, challengeWindowSeconds }) {
      line(
        "job",
        `${shortHex(jobId)}: ${formatCount(tasks)} tasks in ${formatCount(batches)} ${batches === 1 ? "batch" : "batches"}, escrow ${formatEther(escrowWei)} ${unit}`,
      );
      line(
        "",
        `paid after a challenge window of ${formatCount(challengeWindowSeconds)} s, which passes in chain time`,
      );
      stream.write("\n");
      bars = createProgressView(stream, { tasks, batches });
    },
    progress: (progress) => bars?.update(progress),
    news(label, text) {
      bars?.note(`  ${label.padEnd(9)} ${text}`);
    },
    closed: () => bars?.close(),
  };
}

/** The closing table: who did how much, earned what and spent what. The token has as many decimals as the coin. */
export function formatReport(report: LocalRunReport): string {
  const table = formatTable(
    ["worker", "batches", "tasks", `earned (${report.unit})`, "gas used", "gas cost (ETH)"],
    report.workers.map((worker) => [
      worker.address,
      formatCount(worker.batches),
      formatCount(worker.tasks),
      formatEther(worker.earnedWei),
      formatCount(worker.gasUsed),
      formatEtherShort(worker.feeWei),
    ]),
  );
  const { escrowWei, paidWei, refundWei, unit } = report;
  const { games, moves, gasUsed } = report.proof;
  const played =
    games === 0
      ? ""
      : `  ${formatCount(games)} ${games === 1 ? "dispute" : "disputes"} in ${formatCount(moves)} moves, ${formatCount(Number(gasUsed))} gas of both parties\n`;
  const slashes = report.slashes.map((slash) => formatSlash(slash, report)).join("");
  return `${table}\n\n${slashes}${played}  escrow ${formatEther(escrowWei)} ${unit} = paid ${formatEther(paidWei)} + refunded ${formatEther(refundWei)}, to the wei`;
}

/** Where the stake of a worker that was wrong went. */
function formatSlash(
  { batch, worker, challenger, slashed, reward, reserved, compensation, burned }: SlashAccount,
  { jury }: LocalRunReport,
): string {
  const share = (of: string, wei: bigint) => [of, formatEther(wei)];
  const rows = [
    share(`slashed: ${shortHex(worker)}, batch ${batch}`, slashed),
    share(`  to the challenger ${shortHex(challenger)}`, reward),
    share("  to the requester", compensation),
    ...(reserved === 0n ? [] : [share("  set aside for fees of other challengers", reserved)]),
    share("  burned", burned),
    ...(jury === undefined
      ? []
      : [share("jurors earned of the challengers' fees", jury.earnedWei)]),
  ];
  return `${formatTable(["stake", "ETH"], rows)}\n\n`;
}

/** Gas costs need no eighteen digits: six after the point. */
function formatEtherShort(wei: bigint): string {
  return (Number(wei / 1_000_000_000n) / 1e9).toFixed(6);
}
