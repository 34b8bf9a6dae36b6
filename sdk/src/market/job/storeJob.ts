import type { CID } from "multiformats/cid";
import { type Hex, zeroAddress } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import { InvalidProgramError } from "../../program/errors/program.ts";
import { inspectProgram, MAX_PROGRAM_BYTES } from "../../program/inspect/inspectProgram.ts";
import { instrumentModule } from "../../program/instrument/instrumentProgram.ts";
import { programMachine } from "../../program/machine/image/programMachine.ts";
import { MAX_PAGES, PAGE_BYTES } from "../../program/module/memory.ts";
import { toChainCid } from "../../protocol/cid/chainCid.ts";
import type { Content } from "../../protocol/content/content.ts";
import { getBytes } from "../../protocol/content/getBytes.ts";
import { putBytes } from "../../protocol/content/putBytes.ts";
import { defaultBatchSize, defaultStake, jobDefaults } from "../../protocol/job/defaults.ts";
import { hashSpec } from "../../protocol/job/hash.ts";
import type { InputEntry, JobSpec, JobTerms } from "../../protocol/job/job.ts";
import { writeInputManifest } from "../../protocol/manifest/write.ts";
import { type GetParametersReturnType, getParameters } from "../actions/read/getParameters.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import { isProofArbiter } from "../actions/read/isProofArbiter.ts";
import { requireArbiter } from "../actions/requester/requireArbiter.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { requireContent } from "../context/requireContent.ts";
import { checkTerms } from "./checkTerms.ts";
import { storeInputs } from "./inputs.ts";
import { checkKeyedJob, saltOf } from "./keyedJob.ts";
import {
  checkMachineRoot,
  checkProvableInput,
  checkProvableLimits,
  provableEntries,
} from "./provable.ts";
import type { JobOptions, SubmitJobProgress } from "./submitJob.ts";

/** A job's program and inputs, before they are stored. */
export interface JobParts {
  program: Uint8Array | CID;
  inputs: Iterable<unknown> | AsyncIterable<unknown>;
  /** Number of inputs, where it is known before they are read. */
  knownCount: number | undefined;
}

export interface StoreJobParameters extends JobOptions, JobParts {
  requester: Hex;
  /** Called with the number of tasks: before anything is stored, if it is known then, and when it is certain. */
  checkEscrow: (taskCount: number) => Promise<void>;
  /** The job that was posted under the same key. Default: none. */
  before?: PostedJob | undefined;
}

/** Checks a job, stores its program, inputs and manifest, and provides them on the network. Nothing is posted. */
export async function storeJob(
  client: MarketContext,
  parameters: StoreJobParameters,
): Promise<{ terms: JobTerms; spec: JobSpec }> {
  const { requester, inputs, knownCount, checkEscrow, before, onProgress, signal } = parameters;
  const { arbiter = client.arbiter, allowUndecidable = false } = parameters;
  const content = requireContent(client, "submitJob");
  const rules = await getParameters(client, { signal });
  checkTerms(parameters, rules);

  if (!allowUndecidable && before === undefined)
    await requireArbiter(client, { arbiter, requester, signal });
  if (knownCount !== undefined) await checkEscrow(knownCount);
  const isProof = await isProofArbiter(client, { arbiter, signal });
  if (isProof) {
    checkProvableLimits(parameters);
    if (Array.isArray(inputs)) {
      for (const [position, input] of inputs.entries()) checkProvableInput(input, position);
    }
  }

  const { program, memoryPages, machineRoot } = await storeProgram(content, {
    ...parameters,
    isProof,
  });
  const maxInputBytes = memoryPages * PAGE_BYTES;
  const all = storeInputs(content, { inputs, maxInputBytes, signal });
  const stored = isProof ? provableEntries(all) : all;
  const entries = onProgress === undefined ? stored : reported(stored, onProgress);
  const manifest = await writeInputManifest(content, entries, { signal });
  const taskCount = manifest.count;
  onProgress?.({ type: "manifestWritten", cid: manifest.cid, taskCount });
  await checkEscrow(taskCount);

  const spec: JobSpec = {
    program,
    manifest: manifest.cid,
    inputRoot: manifest.root,
    memoryPages,
    maxResultBytes: parameters.maxResultBytes ?? jobDefaults.maxResultBytes,
    maxSteps: parameters.maxSteps ?? jobDefaults.maxSteps,
    machineRoot,
  };
  if (before !== undefined) {
    checkKeyedJob(before, { key: parameters.idempotencyKey ?? "", specHash: hashSpec(spec) });
  }
  for (const cid of [program, manifest.cid]) {
    await content.provide(cid, { signal });
    onProgress?.({ type: "provided", cid });
  }

  const terms = await makeTerms(client, { ...parameters, requester, taskCount, spec, rules });
  return { terms, spec };
}

async function storeProgram(
  content: Content,
  {
    program,
    memoryPages,
    machineRoot: given,
    isProof,
    onProgress,
    signal,
  }: StoreJobParameters & { isProof: boolean },
): Promise<{ program: CID; memoryPages: number; machineRoot: Hex }> {
  const named = program instanceof Uint8Array ? undefined : program;
  if (named !== undefined) toChainCid(named); // else it would be looked for in vain
  const wasm =
    program instanceof Uint8Array
      ? program
      : await getBytes(content.session(program), program, { maxBytes: MAX_PROGRAM_BYTES, signal });
  const { memory } = inspectProgram(wasm);
  const instrumented = instrumentModule(wasm); // nodes refuse a program that is too large for it
  const pages = memoryPages ?? memory.maxPages;
  if (pages > MAX_PAGES) {
    throw new InvalidProgramError(
      "PROGRAM_MEMORY",
      `no module has ${pages} pages of memory. Give ${MAX_PAGES} as memoryPages, or fewer.`,
    );
  }
  if (memory.maxPages > pages) {
    throw new InvalidProgramError(
      "PROGRAM_MEMORY",
      `it may take ${memory.maxPages} pages of memory, and the job allows ${pages}. Raise memoryPages, or compile it with a lower maximum.`,
    );
  }
  const begunAt = performance.now();
  const machine = await programMachine(instrumented, { signal });
  const ms = Math.round(performance.now() - begunAt);
  const machineRoot = checkMachineRoot(machine, { given, isProof });
  onProgress?.({ type: "machineNamed", machineRoot, reason: machine.reason, ms });
  const cid = named ?? (await putBytes(content, wasm, { signal }));
  onProgress?.({ type: "programStored", cid, byteLength: wasm.length });
  return { program: cid, memoryPages: pages, machineRoot };
}

async function* reported(
  entries: AsyncIterable<InputEntry>,
  onProgress: (progress: SubmitJobProgress) => void,
): AsyncGenerator<InputEntry, void, undefined> {
  let position = 0;
  for await (const entry of entries) {
    onProgress({ type: "inputStored", position: position++, ...entry });
    yield entry;
  }
}

async function makeTerms(
  client: MarketContext,
  {
    requester,
    taskCount,
    spec,
    rules,
    rewardPerTask,
    token = zeroAddress,
    signal,
    ...chosen
  }: JobOptions & {
    requester: Hex;
    taskCount: number;
    spec: JobSpec;
    rules: GetParametersReturnType;
  },
): Promise<JobTerms> {
  // Deadlines are measured by the chain's clock, which is not the machine's.
  const { timestamp } = await abortable(client.public.getBlock(), signal);
  const batchSize = Math.min(chosen.batchSize ?? defaultBatchSize(taskCount), taskCount);
  return {
    requester,
    token,
    arbiter: chosen.arbiter ?? client.arbiter,
    minScore: chosen.minScore ?? 0,
    taskCount,
    batchSize,
    rewardPerTask,
    stakePerBatch: chosen.stakePerBatch ?? defaultStake(rules, { rewardPerTask, batchSize, token }),
    claimUntil: Number(timestamp) + (chosen.claimForSeconds ?? jobDefaults.claimForSeconds),
    submitWindowSeconds:
      chosen.submitWindowSeconds ??
      Math.min(jobDefaults.submitWindowSeconds, rules.maxSubmitWindowSeconds),
    challengeWindowSeconds: chosen.challengeWindowSeconds ?? rules.minChallengeWindowSeconds,
    salt: saltOf(chosen.idempotencyKey),
    specHash: hashSpec(spec),
  };
}
