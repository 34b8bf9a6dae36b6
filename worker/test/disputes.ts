import {
  type CreateMarketClientParameters,
  createMarketClient,
  type JobHandle,
  type MarketClient,
} from "@assay/sdk";
import { type Address, http, parseEther } from "viem";
import { localJuryParameters, type TestChain } from "../../test/fixtures/chain.ts";
import { createExecutor, type ExecutorOptions } from "../src/executor/executor.ts";
import type { NodeOptions, WorkerNode } from "../src/node/node.ts";
import { accountOf, type Requester, type Started, startNode } from "./network.ts";
import { echo, numbered } from "./programs.ts";

/** Of every batch. */
export const STAKE = parseEther("0.1");
/** How long a poll waits. */
export const SOON = { timeout: 20_000 };

/** An executor whose results are all wrong. */
export function lying(options?: ExecutorOptions) {
  const honest = createExecutor(options);
  return {
    ...honest,
    run: async (parameters: Parameters<typeof honest.run>[0]) => {
      const run = await honest.run(parameters);
      return "bytes" in run ? { ...run, bytes: Uint8Array.from([...run.bytes, 1]) } : run;
    },
  };
}

type Options = Partial<Omit<NodeOptions, "account">> & { account: number };

/** What tests of disputes do on their chain, with their requester and jury. */
export function disputesOn(
  at: () => { chain: TestChain; requester: Requester; jury: Address; started: Started },
) {
  const start = ({ account, ...options }: Options): Promise<WorkerNode> => {
    const { chain, requester, jury, started } = at();
    // What is at stake in a dispute is the stake: the reward of these jobs does not pay for the gas of their claims.
    const policy = { maxGasShare: Number.POSITIVE_INFINITY, ...options.policy };
    return startNode(chain, requester, started, { account, jury, ...options, policy });
  };

  return {
    start,

    /** Batches of two tasks each. */
    post({
      batches = 1,
      ...options
    }: {
      batches?: number;
      program?: Uint8Array;
    } = {}): Promise<JobHandle> {
      const { requester, jury } = at();
      return requester.market.submitJob({
        ...{ program: echo.wasm, inputs: numbered(2 * batches), rewardPerTask: 1000n },
        ...{ batchSize: 2, stakePerBatch: STAKE, arbiter: jury, ...options },
      });
    },

    /** Blocks come by themselves, as they do elsewhere. */
    mineBlocks(): void {
      const { chain, started } = at();
      const timer = setInterval(() => void chain.mine(1), 100);
      started.add(() => clearInterval(timer));
    },

    /** Nodes that are jurors, with a ticket each that counts. */
    async startJurors(accounts: readonly number[]): Promise<WorkerNode[]> {
      const jurorStakeWei = localJuryParameters.ticketWei;
      const jurors = await Promise.all(
        accounts.map((account) =>
          start({ account, roles: ["juror"], policy: { stakeWei: 0n, jurorStakeWei } }),
        ),
      );
      await at().chain.increaseTime(localJuryParameters.epochSeconds);
      return jurors;
    },

    /** A client of account `index`, for what no node would do. */
    client(index: number, options: Partial<CreateMarketClientParameters> = {}): MarketClient {
      const { chain, requester } = at();
      return createMarketClient({
        ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
        ...{ account: accountOf(chain, index), content: requester.peer.content },
        ...{ pollingIntervalMs: 20, ...options },
      });
    },
  };
}
