import type { CID } from "multiformats/cid";
import type { Hex } from "viem";
import type { MachineArgument } from "../../../program/machine/chain/arguments.ts";
import { toChainCid } from "../../../protocol/cid/chainCid.ts";
import type { Dispute, ResultLeaf } from "../../../protocol/dispute/dispute.ts";
import { toChainSpec } from "../../../protocol/job/hash.ts";
import type { JobSpec, JobTerms } from "../../../protocol/job/job.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { type Hashes, writeProof } from "./call.ts";

export interface BeginDisputeParameters extends WriteParameters {
  dispute: Dispute;
  terms: JobTerms;
  spec: JobSpec;
  /** See `machineArgument`. */
  machine: MachineArgument;
  /** Of the disputed task. */
  input: { cid: CID; byteLength: number };
  /** The siblings of the input's leaf, from below, under the spec's input root. */
  inputProof: readonly Hex[];
  /** What the worker has committed to. */
  result: ResultLeaf;
  /** The hashes of 16 states, 16^`firstExponent` steps apart, of which the last is that of the result. */
  hashes: Hashes;
}

export type BeginDisputeReturnType = WriteReturnType;

export type BeginDisputeErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "ProofArbiter_NotYourTurn"
      | "ProofArbiter_TimeIsUp"
      | "ProofArbiter_WrongPart"
      | "ProofArbiter_WrongStage"
    >;

/** The worker's first move in a dispute about a wrong result. */
export async function beginDispute(
  client: ProofContext,
  {
    dispute,
    terms,
    spec,
    machine,
    input,
    inputProof,
    result,
    hashes,
    signal,
  }: BeginDisputeParameters,
): Promise<BeginDisputeReturnType> {
  const beginning = {
    ...{ terms, spec: toChainSpec(spec), machine, inputProof, result },
    ...{ input: toChainCid(input.cid), inputLength: BigInt(input.byteLength) },
  };
  const call = { functionName: "begin", args: [dispute, beginning, hashes] } as const;
  return transactionOf(await writeProof(client, call, { signal }));
}
