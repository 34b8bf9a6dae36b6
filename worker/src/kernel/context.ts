import type { Executor } from "@assay/runners";
import type { Content, MarketClient, WriteReturnType } from "@assay/sdk";
import type { Address } from "viem";
import type { Head } from "../chain/follower.ts";
import type { Policy } from "../jobs/policy.ts";
import type { PreparedJobs } from "../jobs/preparedJobs.ts";
import type { Holds } from "../roles/worker/holds.ts";
import type { Steps } from "../roles/worker/steps.ts";
import type { NodeStore } from "../store/nodeStore.ts";
import type { Report } from "./events.ts";

/** What every step of the pipeline works with. */
export interface PipelineContext {
  client: MarketClient;
  /** The node's own. */
  account: Address;
  content: Content;
  executor: Executor;
  store: NodeStore;
  /** What is to be done, in the store's queue. */
  steps: Steps;
  /** The jobs that were worked on last. */
  jobs: PreparedJobs;
  policy: Policy;
  /** Jobs that wait, and why. */
  holds: Holds;
  report: Report;
  /** Whether new work may be taken on: not while the node drains, nor when its disk is full. */
  mayClaim: () => boolean;
  /** The latest block: the pipeline's clock. */
  head: () => Head;
}

/** Tells of a transaction and passes on what it gave. */
export async function reported<T extends WriteReturnType>(
  { report }: Pick<PipelineContext, "report">,
  action: string,
  sent: Promise<T>,
): Promise<T> {
  const mined = await sent;
  const { hash, gasUsed, feeWei } = mined;
  report("transaction mined", { action, hash, gasUsed, feeWei });
  return mined;
}
