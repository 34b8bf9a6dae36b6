import type { Executor } from "@assay/runners";
import type { Content, MarketClient } from "@assay/sdk";
import type { Address } from "viem";
import type { Head } from "../chain/follower.ts";
import type { Policy } from "../jobs/policy.ts";
import type { PreparedJobs } from "../jobs/preparedJobs.ts";
import type { NodeStore } from "../store/nodeStore.ts";
import type { Report } from "./events.ts";
import type { OffersClient } from "./offersClient.ts";

/** The parts of a node that all its roles share. */
export interface NodeContext {
  client: MarketClient;
  /** The node's own. */
  account: Address;
  content: Content;
  executor: Executor;
  store: NodeStore;
  /** The jobs that were used last, ready to run. */
  jobs: PreparedJobs;
  policy: Policy;
  report: Report;
  /** The latest block: the clock of everything that depends on time. */
  head: () => Head;
  /** The chain's time now, in Unix seconds: between two blocks it goes on. */
  chainTime: () => number;
  /** Other workers that are in the network, have stake, and room for a batch. */
  rivals: () => readonly Address[];
  /** How batches of signed offers are had; `undefined` where no contract for them is known. */
  offers: OffersClient | undefined;
}
