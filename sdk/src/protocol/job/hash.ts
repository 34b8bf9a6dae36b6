import { encodeAbiParameters, type Hex, keccak256, parseAbiParameters } from "viem";
import { type ChainCid, toChainCid } from "../cid/chainCid.ts";
import type { JobId, JobSpec, JobTerms } from "./job.ts";

const specParameters = parseAbiParameters([
  "JobSpec spec",
  "struct JobSpec { Cid program; Cid manifest; bytes32 inputRoot; uint32 memoryPages; uint32 maxResultBytes; uint64 maxSteps; bytes32 machineRoot; }",
  "struct Cid { bytes4 prefix; bytes32 digest; }",
]);

const termsParameters = parseAbiParameters([
  "JobTerms terms",
  "struct JobTerms { address requester; address token; address arbiter; uint32 taskCount; uint32 batchSize; uint96 rewardPerTask; uint96 stakePerBatch; uint16 minScore; uint40 claimUntil; uint32 submitWindowSeconds; uint32 challengeWindowSeconds; uint64 salt; bytes32 specHash; }",
]);

/** A spec as the contract takes it. */
export interface ChainJobSpec extends Omit<JobSpec, "program" | "manifest"> {
  program: ChainCid;
  manifest: ChainCid;
}

/** @throws {@link UnsupportedCidError} */
export function toChainSpec(spec: JobSpec): ChainJobSpec {
  return { ...spec, program: toChainCid(spec.program), manifest: toChainCid(spec.manifest) };
}

/**
 * `JobTerms.specHash`.
 *
 * @throws {@link UnsupportedCidError}
 */
export function hashSpec(spec: JobSpec): Hex {
  return keccak256(encodeAbiParameters(specParameters, [toChainSpec(spec)]));
}

/** The job's name. */
export function hashTerms(terms: JobTerms): JobId {
  return keccak256(encodeAbiParameters(termsParameters, [terms]));
}
