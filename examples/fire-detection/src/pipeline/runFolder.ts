import { join } from "node:path";
import { planPipeline, type RunnerOffer, runPipeline, type StepProgress } from "@assay/pipelines";
import { prepareOutputFolder } from "../../../shared/src/outputFolder/outputFolder.ts";
import { openLocalRunner, type RunnerName } from "../../../shared/src/runners/localRunner.ts";
import { ALGORITHMS } from "../algorithms/algorithms.ts";
import { PROGRAM_MEMORY_PAGES } from "../algorithms/compile.ts";
import type { FireOptions } from "../cli/options.ts";
import { firePipeline } from "./firePipeline.ts";
import { localMarket } from "./localMarket.ts";

/** Searches every scene of a folder. A second run searches what changed, and one that was killed goes on. */
export async function runFolder(
  options: FireOptions & { scenes: string },
  signal: AbortSignal,
): Promise<void> {
  const { tile, out, scenes: folder, scale, offset, bands, json } = options;
  const stream = json ? process.stderr : process.stdout;
  const algorithm = ALGORITHMS[options.algorithm];
  await prepareOutputFolder(out);
  const runner = options.runner;
  const read = { scale, offset, bands };
  const pipeline = await firePipeline({ algorithm, tile, folder, out, read, runner });
  const store = join(out, "fires.sqlite");
  const runners = { [runner]: offerOf(runner, { ...options, stream, signal }) };
  const { steps: planned } = await planPipeline(pipeline, { store, runners });
  const cut = planned.find(({ name }) => name === "cut");
  stream.write(
    `\nAssay · fire detection · ${folder} · ${cut?.toRun} new scenes, ${cut?.reused} known\n\n`,
  );
  const { steps, elapsedMs } = await runPipeline(pipeline, { store, runners, signal });
  stream.write(
    `${steps
      .filter(({ kind }) => kind !== "input")
      .map(line)
      .join("\n")}\n\n  ${out}\n`,
  );
  if (json)
    process.stdout.write(
      `${JSON.stringify({ runner, steps, elapsedMs: Math.round(elapsedMs) })}\n`,
    );
}

function line({ name, done, reused }: StepProgress): string {
  return `  ${name.padEnd(8)} ${String(done).padStart(6)} computed ${String(reused).padStart(6)} known`;
}

type MarketOptions = Pick<
  FireOptions,
  "rewardWei" | "batch" | "workers" | "liar" | "token" | "port"
> & {
  stream: NodeJS.WriteStream;
  signal: AbortSignal;
};

function offerOf(name: RunnerName, options: MarketOptions): RunnerOffer {
  if (name !== "market") return { open: () => openLocalRunner(name) };
  return {
    open: () => localMarket({ ...options, memoryPages: PROGRAM_MEMORY_PAGES }),
    maxWeiPerTask: options.rewardWei,
    lingerMs: 10_000, // a network is begun for all tiles that come by then
  };
}
