import type { Runners } from "@assay/pipelines";
import {
  inProcessRunner,
  marketRunner,
  processRunner,
  type Runner,
  threadsRunner,
} from "@assay/runners";
import { httpRunner } from "@assay/runners/http";
import { type ParsedOptions, UsageError } from "@assay/worker/config";
import { createAssay, environmentFor } from "../assay/createAssay.ts";
import { readToken } from "../runner/token.ts";
import type { planOptions } from "./pipelineOptions.ts";

/** Tasks of a job on the market are waited for so long, in milliseconds. */
const MARKET_LINGER_MS = 10_000;

type Values = Pick<ParsedOptions<typeof planOptions>, "reward" | "host" | "tokenFile">;

/** Runners by the names that pipelines give them, each opened when a run has a step for it. Those of `default` are in a sandbox. */
export function runnersOf(values: Values, environment: NodeJS.ProcessEnv): Runners {
  return {
    "in-process": { open: inProcessRunner },
    threads: { open: threadsRunner },
    processes: { open: processRunner },
    default: { open: processRunner },
    http: { open: () => openHttp(values, environment) },
    market: {
      open: () => openMarket(values, environment),
      maxWeiPerTask: values.reward,
      lingerMs: MARKET_LINGER_MS,
    },
  };
}

async function openHttp(
  { host: hosts, tokenFile }: Values,
  environment: NodeJS.ProcessEnv,
): Promise<Runner> {
  if (hosts.length === 0) {
    throw new UsageError(
      "Where is the runner http? Give --host, such as http://10.0.0.5:8787; assay runner serve prints it.",
    );
  }
  const runner = httpRunner({ hosts, token: await readToken(tokenFile, environment) });
  try {
    await runner.ready();
    return runner;
  } catch (error) {
    await runner.close();
    throw error;
  }
}

async function openMarket({ reward }: Values, environment: NodeJS.ProcessEnv): Promise<Runner> {
  if (reward === undefined) {
    throw new UsageError(
      "How much for a task on the market? Give --reward, such as 0.001 (ether).",
    );
  }
  const assay = await createAssay({ environment: await environmentFor({}, environment) });
  const runner = marketRunner({ market: assay, rewardPerTask: reward });
  return {
    ...runner,
    async close() {
      await runner.close();
      await assay.close();
    },
  };
}
