import type { Program, ProgramCache } from "@assay/runners";
import {
  type BlockReader,
  type Content,
  getBytes,
  type InputEntry,
  type InputManifest,
  type JobId,
  type JobSpec,
  type JobTerms,
  openInputManifest,
} from "@assay/sdk";
import { MAX_PROGRAM_BYTES } from "@assay/sdk/program";
import type { Policy } from "./policy.ts";
import { checkProvableInput, type ProofRules } from "./provable.ts";

/** Everything that running a job's tasks needs. */
export interface PreparedJob {
  jobId: JobId;
  terms: JobTerms;
  spec: JobSpec;
  program: Program;
  inputs: InputManifest;
  /** Asks the peers that have the manifest first. */
  reader: BlockReader;
  /** Whether its arbiter decides by proofs. */
  mustProve: boolean;
}

/** Time limit for fetching program and manifest index, in milliseconds. */
const FETCH_MS = 60_000;

/**
 * Fetches a job's program, unless it is at hand, and the index of its inputs, and checks both.
 *
 * @throws a retryable AssayError if a content is not available now, and another AssayError if the job is broken.
 */
export async function prepareJob(
  { content, programs, proofs }: { content: Content; programs: ProgramCache; proofs: ProofRules },
  { jobId, terms, spec }: Pick<PreparedJob, "jobId" | "terms" | "spec">,
  signal: AbortSignal,
): Promise<PreparedJob> {
  proofs.checkTerms(terms, spec);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
  const reader = content.session(spec.manifest);
  const fetchProgram = () =>
    getBytes(content.session(spec.program), spec.program, {
      maxBytes: MAX_PROGRAM_BYTES,
      signal: limited,
    });
  const [program, inputs] = await Promise.all([
    programs.get(String(spec.program), spec, fetchProgram),
    openInputManifest(reader, {
      cid: spec.manifest,
      root: spec.inputRoot,
      count: terms.taskCount,
      signal: limited,
    }),
  ]);
  await proofs.checkProgram(program, spec, signal);
  return { jobId, terms, spec, program, inputs, reader, mustProve: proofs.mustProve(terms) };
}

/**
 * The bytes of one input, checked.
 *
 * @throws {@link MachineRefusedError} when the job's arbiter decides by proofs, and of this input none is possible.
 */
export async function fetchInput(
  { policy }: { policy: Pick<Policy, "maxInputBytes"> },
  { reader, mustProve }: Pick<PreparedJob, "reader" | "mustProve">,
  { cid, byteLength }: InputEntry,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { maxInputBytes: maxBytes } = policy;
  const bytes = await getBytes(reader, cid, { byteLength, maxBytes, signal });
  if (mustProve) checkProvableInput(cid, bytes);
  return bytes;
}
