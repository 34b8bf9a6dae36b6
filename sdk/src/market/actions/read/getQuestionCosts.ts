import { zeroAddress } from "viem";
import { hashTerms } from "../../../protocol/job/hash.ts";
import type { JobTerms } from "../../../protocol/job/job.ts";
import type { ReadParameters } from "../../chain/read.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";
import { getArbiterFee } from "./getArbiterFee.ts";
import { getBatches } from "./getBatches.ts";
import { getParameters } from "./getParameters.ts";

export interface GetQuestionCostsParameters extends ReadParameters {
  terms: JobTerms;
  batch: number;
}

/** Wei. */
export interface GetQuestionCostsReturnType {
  /** The bond of a round's first challenge, without the arbiter's fee: what has to be prepared for any question at least. */
  challengeBond: bigint;
  /** The bond of a round's first demand: what was prepared beyond it is credit again. */
  demandBond: bigint;
  /** What the arbiter takes for a dispute now; 0 for a job without one. */
  arbiterFee: bigint;
  /** What the batch's next challenge takes in all: the n-th of a round n² times the first bond and the fee. */
  nextChallenge: bigint;
  /** What the batch's next demand takes in all: the n-th of a round n times the first bond. */
  nextDemand: bigint;
}

/** viem's own errors when the node is unreachable or the address is no arbiter. */
export type GetQuestionCostsErrorType = ChainDataError | Error;

const BPS = 10_000n;

/** Reads the costs of a question about a batch now. They rise with every question that somebody else asks. */
export async function getQuestionCosts(
  client: MarketContext,
  { terms, batch, ...options }: GetQuestionCostsParameters,
): Promise<GetQuestionCostsReturnType> {
  const { arbiter, stakePerBatch } = terms;
  const [{ challengeBondBps, demandBondBps }, arbiterFee, [state]] = await Promise.all([
    getParameters(client, options),
    arbiter === zeroAddress ? 0n : getArbiterFee(client, { arbiter, ...options }),
    getBatches(client, { jobId: hashTerms(terms), first: batch, count: 1, ...options }),
  ]);
  if (state === undefined) throw new ChainDataError(`no batch ${batch}`);
  const challengeBond = (stakePerBatch * BigInt(challengeBondBps)) / BPS;
  const demandBond = (stakePerBatch * BigInt(demandBondBps)) / BPS;
  const challenges = BigInt(state.inquiry.challenges) + 1n;
  const demands = BigInt(state.inquiry.demands) + 1n;
  return {
    ...{ challengeBond, demandBond, arbiterFee },
    nextChallenge: challenges * challenges * (challengeBond + arbiterFee),
    nextDemand: demands * demandBond,
  };
}
