import { formatCount, formatReport, formatTable, type LocalRunReport } from "@assay/devnet";
import { inProcessRunner } from "@assay/runners";
import { formatEther, formatGwei, parseGwei } from "viem";
import { runOnRunner } from "../../../shared/src/runners/runCollected.ts";
import type { AlgorithmName } from "../algorithms/algorithm.ts";
import { ALGORITHMS } from "../algorithms/algorithms.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { type FireJob, prepareFireJob } from "../job/job.ts";
import { runOnMarketplace } from "../job/runOnMarketplace.ts";
import { makeScene } from "../synthetic/syntheticScene.ts";
import type { Detections } from "../tiles/detection.ts";
import type { Liar } from "./options.ts";
import { round } from "./report.ts";

export interface ManyTilesOptions {
  algorithm: AlgorithmName;
  tiles: number;
  tile: number;
  batch: number;
  rewardWei: bigint;
  workers: number;
  liar: Liar | undefined;
  seed: number;
  port: number;
  json: boolean;
}

/** Gas of one task on other marketplaces, all transactions of all parties together. */
const PEERS = {
  "iExec, ten tasks in a bag, two workers": 1_477_757,
  "iExec, a single task": 1_688_598,
  Lilypad: 1_651_245,
} as const;
/** The same price of gas for all, to compare costs. */
const GAS_PRICE = parseGwei("1");

/**
 * Buys `tiles` tiles of one large synthetic scene and prints the cost of a tile. The detections are compared with those of the same
 * program in this process.
 */
export async function runManyTiles(options: ManyTilesOptions, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const stream = options.json ? process.stderr : process.stdout;
  const algorithm = ALGORITHMS[options.algorithm];
  const scene = makeScene({ seed: options.seed, ...sizeFor(options), fires: 24 });
  const job = await prepareFireJob(scene, { algorithm, tile: options.tile, signal });
  stream.write(
    `\nAssay · fire detection · ${formatCount(job.taskCount)} tiles · ${scene.name} · ${scene.width} × ${scene.height} px\n\n`,
  );
  const report = await runOnMarketplace(job, { ...options, token: false, stream, signal });
  const detections = job.finish();
  const same = await isSame(job, detections, signal);
  const { precision, recall } = evaluate(detections.pixels, scene.truth);
  const gas = gasOf(report);
  const seconds = (performance.now() - started) / 1000;
  stream.write(
    `\n${formatReport(report)}\n\n${formatPrices(gas.perTile, options)}\n\n${closing(report, { detections, same, gas, seconds })}\n`,
  );
  if (!options.json) return;
  process.stdout.write(
    `${JSON.stringify({
      tiles: job.taskCount,
      tile: options.tile,
      batches: report.batches,
      workers: report.workers.length,
      liar: options.liar !== undefined,
      rewardPerTileWei: String(options.rewardWei),
      escrowWei: String(report.escrowWei),
      paidWei: String(report.paidWei),
      refundWei: String(report.refundWei),
      challenges: report.challenges,
      slashedWei: String(report.slashedWei),
      gasPerTile: round(gas.perTile),
      gasTotal: Number(gas.total),
      gasOfDispute: Number(gas.dispute),
      iexecGasPerTask: PEERS["iExec, ten tasks in a bag, two workers"],
      iexecSingleGasPerTask: PEERS["iExec, a single task"],
      lilypadGasPerTask: PEERS.Lilypad,
      timesCheaperThanIexec: Math.round(
        PEERS["iExec, ten tasks in a bag, two workers"] / gas.perTile,
      ),
      timesCheaperThanLilypad: Math.round(PEERS.Lilypad / gas.perTile),
      firePixels: detections.pixels.length,
      sameAsInProcess: same,
      precision: precision ?? null,
      recall: recall ?? null,
      secondsToFirstResult: round(report.secondsToFirstResult),
      secondsTotal: round(seconds),
      rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    })}\n`,
  );
}

/** The size, in pixels, of the scene with this number of tiles that is nearest to a square. */
function sizeFor({ tiles, tile }: { tiles: number; tile: number }) {
  let rows = Math.floor(Math.sqrt(tiles));
  while (tiles % rows !== 0) rows--;
  return { width: (tiles / rows) * tile, height: rows * tile };
}

async function isSame(job: FireJob, bought: Detections, signal: AbortSignal): Promise<boolean> {
  const runner = inProcessRunner();
  const own = await runOnRunner(job, { runner, signal }).finally(() => runner.close());
  return JSON.stringify(own) === JSON.stringify(bought);
}

/** Gas that all parties spent on this job, staking and the dispute included. */
function gasOf({ tasks, workers, requester, proof }: LocalRunReport) {
  const ofWorkers = workers.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
  const dispute = proof.gasUsed; // which workers have spent
  const total = requester.gasUsed + ofWorkers;
  return { total, dispute, perTile: Number(total) / tasks };
}

const short = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 1 });

function formatPrices(perTile: number, { rewardWei }: ManyTilesOptions): string {
  const row = (name: string, gas: number) => {
    const times = name === "Assay" ? "" : `${formatCount(Math.round(gas / perTile))} ×`;
    const gwei = gas * Number(formatGwei(GAS_PRICE));
    return [name, short(gas), short(gwei), times];
  };
  const rows = [
    row("Assay", perTile),
    ...Object.entries(PEERS).map(([name, gas]) => row(name, gas)),
  ];
  const header = ["a tile", "gas", `gwei at ${formatGwei(GAS_PRICE)} gwei a gas`, "of ours"];
  return `${formatTable(header, rows)}\n\n  besides, a tile pays its worker ${formatEther(rewardWei)} ETH`;
}

function closing(
  report: LocalRunReport,
  {
    detections,
    same,
    gas,
    seconds,
  }: { detections: Detections; same: boolean; gas: ReturnType<typeof gasOf>; seconds: number },
): string {
  const found = `${formatCount(detections.pixels.length)} fire pixels, ${same ? "the same" : "OTHERS THAN"} as in this process`;
  return [
    `  gas: ${formatCount(gas.total)} in total, stake and withdrawals included; ${formatCount(gas.dispute)} of it in disputes`,
    `  ${found}; ${formatCount(report.tasks)} tiles after ${seconds.toFixed(0)} s`,
  ].join("\n");
}
