import { cidOf, hashSpec, hashTerms, type JobSpec, type JobTerms } from "@assay/sdk";
import { type Address, zeroAddress, zeroHash } from "viem";

/** The arbiter of {@link terms}. */
export const arbiter: Address = "0x00000000000000000000000000000000000000d8";

/** A job for tests that only need its terms: nobody serves its contents. */
export const spec: JobSpec = {
  program: cidOf(Uint8Array.of(1)),
  manifest: cidOf(Uint8Array.of(2), "dag-cbor"),
  inputRoot: `0x${"ab".repeat(32)}`,
  memoryPages: 16,
  maxResultBytes: 1_000,
  maxSteps: 1n,
  machineRoot: zeroHash,
};
export const terms: JobTerms = {
  requester: zeroAddress,
  token: zeroAddress,
  arbiter,
  taskCount: 10,
  batchSize: 5,
  rewardPerTask: 1n,
  stakePerBatch: 1n,
  minScore: 0,
  claimUntil: 2_000_000_000,
  submitWindowSeconds: 60,
  challengeWindowSeconds: 600,
  salt: 0n,
  specHash: hashSpec(spec),
};
export const jobId = hashTerms(terms);
