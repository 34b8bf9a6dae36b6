import type { Hex } from "viem";
import { type ChainCid, toChainCid } from "../cid/chainCid.ts";
import { hashStruct } from "../hashes/struct.ts";
import type { JobId, JobSpec, JobTerms } from "./job.ts";

// In the order in which the contracts encode them.
const SPEC = {
  programPrefix: "bytes4",
  programDigest: "bytes32",
  manifestPrefix: "bytes4",
  manifestDigest: "bytes32",
  inputRoot: "bytes32",
  memoryPages: "uint32",
  maxResultBytes: "uint32",
  maxSteps: "uint64",
  machineRoot: "bytes32",
} as const;

/** The fields of `JobTerms`. */
export const TERMS = {
  requester: "address",
  token: "address",
  arbiter: "address",
  taskCount: "uint32",
  batchSize: "uint32",
  rewardPerTask: "uint96",
  stakePerBatch: "uint96",
  minScore: "uint16",
  claimUntil: "uint40",
  submitWindowSeconds: "uint32",
  challengeWindowSeconds: "uint32",
  salt: "uint64",
  specHash: "bytes32",
} as const;

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
  const { program, manifest, ...rest } = toChainSpec(spec);
  return hashStruct(SPEC, {
    ...{ programPrefix: program.prefix, programDigest: program.digest },
    ...{ manifestPrefix: manifest.prefix, manifestDigest: manifest.digest },
    ...rest,
  });
}

/** The job's name. */
export function hashTerms(terms: JobTerms): JobId {
  return hashStruct(TERMS, terms);
}
