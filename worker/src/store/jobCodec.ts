import type { JobSpec, JobTerms } from "@assay/sdk";
import { CID } from "multiformats/cid";

// Terms and specs as JSON: bigints as decimal strings, CIDs as their text.

export function encodeTerms(terms: JobTerms): string {
  const { rewardPerTask, stakePerBatch, salt } = terms;
  return JSON.stringify({
    ...terms,
    rewardPerTask: String(rewardPerTask),
    stakePerBatch: String(stakePerBatch),
    salt: String(salt),
  });
}

export function decodeTerms(json: string): JobTerms {
  const terms = JSON.parse(json);
  return {
    ...terms,
    rewardPerTask: BigInt(terms.rewardPerTask),
    stakePerBatch: BigInt(terms.stakePerBatch),
    salt: BigInt(terms.salt),
  };
}

export function encodeSpec(spec: JobSpec): string {
  const { program, manifest, maxSteps } = spec;
  return JSON.stringify({
    ...spec,
    program: String(program),
    manifest: String(manifest),
    maxSteps: String(maxSteps),
  });
}

export function decodeSpec(json: string): JobSpec {
  const spec = JSON.parse(json);
  return {
    ...spec,
    program: CID.parse(spec.program),
    manifest: CID.parse(spec.manifest),
    maxSteps: BigInt(spec.maxSteps),
  };
}
