import type { Hex } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { ContractErrorOf } from "../errors/contract.ts";
import type { JobTerms } from "../types/job.ts";
import { getParameters } from "./getParameters.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "./write.ts";

export interface DemandParameters extends WriteParameters {
  terms: JobTerms;
  batch: number;
  /** Of the task in the job. */
  position: number;
  /** The result root that is meant. */
  expectedRoot: Hex;
}

export interface DemandReturnType extends WriteReturnType {
  /** Wei that pay for the worker's answer. */
  bond: bigint;
  /** Last second (Unix time) of the answer. */
  deadline: number;
}

export type DemandErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Marketplace_ChallengeWindowOver"
      | "Marketplace_NoArbiter"
      | "Marketplace_NoSuchTask"
      | "Marketplace_WrongRoot"
      | "Marketplace_WrongStatus"
      | "Marketplace_WrongValue"
    >;

const BPS = 10_000n;

/** Asks the worker of a submitted batch to show the leaf of one task. If it does not in time, it was wrong. */
export async function demand(
  client: MarketContext,
  { terms, batch, position, expectedRoot, signal }: DemandParameters,
): Promise<DemandReturnType> {
  const { demandBondBps } = await getParameters(client, { signal });
  const call = {
    functionName: "demand",
    args: [terms, batch, position, expectedRoot],
    value: (terms.stakePerBatch * BigInt(demandBondBps)) / BPS,
  } as const;
  const written = await write(client, call, { signal });
  const { bond, deadline } = eventOf(client, written, "LeafDemanded");
  return { ...transactionOf(written), bond, deadline };
}
