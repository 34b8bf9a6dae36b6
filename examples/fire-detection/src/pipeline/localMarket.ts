import { createConsoleView, runOnLocalnet } from "@assay/devnet";
import type { RunInput, Runner, RunnerParameters, RunResult } from "@assay/runners";
import { jobDefaults } from "@assay/sdk/protocol";
import type { RunOnMarketplaceOptions } from "../job/runOnMarketplace.ts";

/** Tasks of one job, so that its inputs have a place in memory. */
const MOST_TASKS = 1_024;

/** Buys tasks on a marketplace that exists for each job alone: all inputs that come, then one job. */
export function localMarket({
  memoryPages,
  ...market
}: RunOnMarketplaceOptions & { memoryPages: number }): Runner {
  async function* run({
    program,
    inputs: given,
    limits = {},
    signal = market.signal,
  }: RunnerParameters): AsyncGenerator<RunResult> {
    const inputs: Uint8Array[] = [];
    for await (const input of given) {
      inputs.push(bytesOf(input));
      if (inputs.length === MOST_TASKS) break;
    }
    if (inputs.length === 0) return;
    const results: RunResult[] = [];
    const { maxSteps = jobDefaults.maxSteps, maxResultBytes = jobDefaults.maxResultBytes } = limits;
    const job = {
      ...{
        program,
        inputs,
        taskCount: inputs.length,
        limits: { memoryPages, maxSteps, maxResultBytes },
      },
      ...{ rewardPerTask: market.rewardWei, batchSize: Math.min(market.batch, inputs.length) },
    };
    await runOnLocalnet(job, {
      ...{ workers: market.workers, withLiar: market.liar !== undefined, withToken: market.token },
      ...{ port: market.port, view: createConsoleView(market.stream), signal },
      onResult: (result) => void results.push(result),
    });
    yield* results;
  }
  return { name: "market", run, close: async () => {} };
}

function bytesOf(input: RunInput): Uint8Array {
  if (input instanceof Uint8Array) return input;
  throw new TypeError("this market takes inputs by their bytes");
}
