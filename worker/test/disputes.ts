import { createExecutor, type ExecutorOptions } from "@assay/runners";
import {
  batchRange,
  type CreateMarketClientParameters,
  createJuryClient,
  createMarketClient,
  type DemandReturnType,
  Ground,
  type JobHandle,
  type MarketClient,
  openResultManifest,
  type Question,
  questionCommitment,
  type ResultLeaf,
  randomSalt,
  toResultLeaf,
} from "@assay/sdk";
import { type Address, type Hex, http, parseEther, zeroHash } from "viem";
import { localJuryParameters, type TestChain } from "../../test/fixtures/chain.ts";
import { echo, numbered } from "../../test/fixtures/programs.ts";
import type { WorkerNode } from "../src/node/node.ts";
import type { NodeOptions } from "../src/node/options.ts";
import { accountOf, type Requester, type Started, startNode } from "./network.ts";

/** Of every batch. */
export const STAKE = parseEther("0.1");

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

/** What a batch's worker has committed to for one of its tasks, from its manifest. */
export async function leafOf(
  { content, getSubmission }: Pick<MarketClient, "content" | "getSubmission">,
  { jobId, terms }: Pick<JobHandle, "jobId" | "terms">,
  position: number,
): Promise<{ leaf: ResultLeaf; proof: Hex[]; resultRoot: Hex }> {
  if (content === undefined) throw new TypeError("a manifest is fetched");
  const batch = Math.floor(position / terms.batchSize);
  const { results: cid, resultRoot } = await getSubmission({ jobId, batch });
  const manifest = await openResultManifest(content.session(cid), {
    ...{ cid, root: resultRoot, ...batchRange(terms, batch) },
  });
  for await (const { position: at, ...entry } of manifest.entries()) {
    if (at !== position) continue;
    return { leaf: toResultLeaf(at, entry), proof: await manifest.proof(at), resultRoot };
  }
  throw new RangeError(`no task ${position}`);
}

type Options = Partial<Omit<NodeOptions, "account">> & { account: number };

/** What tests of disputes do on their chain, with their requester and jury. */
export function disputesOn(
  at: () => {
    chain: TestChain;
    requester: Requester;
    jury: Address;
    /** A proof arbiter that its nodes play before, and its jobs name instead of the jury. */
    proof?: Address;
    started: Started;
  },
) {
  const start = ({ account, ...options }: Options): Promise<WorkerNode> => {
    const { chain, requester, jury, proof, started } = at();
    // What is at stake in a dispute is the stake: the reward of these jobs does not pay for the gas of their claims.
    const policy = { maxGasShare: Number.POSITIVE_INFINITY, ...options.policy };
    return startNode(chain, requester, started, { account, jury, proof, ...options, policy });
  };

  /** A client of account `index`, for what no node would do. */
  const client = (
    index: number,
    options: Partial<CreateMarketClientParameters> = {},
  ): MarketClient => {
    const { chain, requester } = at();
    return createMarketClient({
      ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
      ...{ account: accountOf(chain, index), content: requester.peer.content },
      ...{ pollingIntervalMs: 20, ...options },
    });
  };

  /** Puts money behind a question, so that it may be asked in the next block. */
  async function prepare(
    asker: MarketClient,
    { terms }: Pick<JobHandle, "terms">,
    asked: Pick<Question, "job" | "batch" | "position" | "resultRoot"> & Partial<Question>,
  ): Promise<{ question: Question; prepared: bigint }> {
    const question = { ground: Ground.none, answer: zeroHash, salt: randomSalt(), ...asked };
    const address = asker.wallet?.account.address;
    if (address === undefined) throw new TypeError("an asker has an account");
    const { challengeBond: amount } = await asker.getQuestionCosts({ terms, batch: asked.batch });
    const commitment = questionCommitment({ asker: address, question });
    await asker.prepareQuestion({ commitment, amount });
    await at().chain.increaseTime(1);
    return { question, prepared: amount };
  }

  return {
    client,
    prepare,
    start,

    /** Batches of two tasks each. */
    post({
      batches = 1,
      ...options
    }: {
      batches?: number;
      program?: Uint8Array;
      inputs?: Uint8Array[];
      maxSteps?: bigint;
      maxResultBytes?: number;
    } = {}): Promise<JobHandle> {
      const { requester, jury, proof } = at();
      return requester.market.submitJob({
        ...{ program: echo.wasm, inputs: numbered(2 * batches), rewardPerTask: 1000n },
        ...{ batchSize: 2, stakePerBatch: STAKE, arbiter: proof ?? jury, ...options },
      });
    },

    /**
     * Blocks come by themselves, as they do elsewhere.
     * @returns ends that.
     */
    mineBlocks(): () => void {
      const { chain, started } = at();
      const timer = setInterval(() => void chain.mine(1), 100);
      const stop = () => clearInterval(timer);
      started.add(stop);
      return stop;
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

    /** Accounts with a ticket each that counts: the jury could decide then. What they are asked, they do not answer. */
    async stakeJurors(accounts: readonly number[] = [17, 18, 19]): Promise<void> {
      for (const index of accounts) {
        const juror = createJuryClient(client(index), at().jury);
        await juror.deposit({ amount: localJuryParameters.ticketWei });
      }
      await at().chain.increaseTime(localJuryParameters.epochSeconds);
    },

    /** Demands a leaf, by both steps. */
    async demand(
      asker: MarketClient,
      job: Pick<JobHandle, "jobId" | "terms">,
      { batch = 0, position, resultRoot }: { batch?: number; position: number; resultRoot: Hex },
    ): Promise<DemandReturnType> {
      const asked = { job: job.jobId, batch, position, resultRoot };
      const { question, prepared } = await prepare(asker, job, asked);
      return asker.demand({ terms: job.terms, question, prepared });
    },
  };
}
