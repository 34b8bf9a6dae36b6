import type { CID } from "multiformats/cid";
import { type Address, type Hex, zeroAddress } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { InvalidProgramError } from "../../program/errors/program.ts";
import type { ContentTooLargeError, UnsupportedCidError } from "../../protocol/errors/content.ts";
import type { ManifestError } from "../../protocol/errors/manifest.ts";
import type { JobId } from "../../protocol/job/job.ts";
import { type PostJobErrorType, postJob } from "../actions/requester/postJob.ts";
import { type EscrowSource, requireEscrow } from "../actions/requester/requireEscrow.ts";
import type { MarketContext } from "../context/marketContext.ts";
import type { InvalidInputError } from "../errors/input.ts";
import type { InvalidTermsError, JobKeyUsedError, UnprovableJobError } from "../errors/job.ts";
import {
  AccountRequiredError,
  type ContentRequiredError,
  type InsufficientBalanceError,
} from "../errors/market.ts";
import { createJobHandle, type JobHandle } from "./handle.ts";
import { checkIterable } from "./inputs.ts";
import { findKeyedJob } from "./keyedJob.ts";
import { type JobParts, storeJob } from "./storeJob.ts";
import { type HandleOf, type InputOf, isTyped, type JobProgram, typedJob } from "./typedJob.ts";

/** A step of `submitJob`. */
export type SubmitJobProgress =
  | { type: "programStored"; cid: CID; byteLength: number }
  /** The root of the program's machine. Zero, with the reason, where nothing of it could be proved; `ms` is what it took. */
  | { type: "machineNamed"; machineRoot: Hex; reason: string | undefined; ms: number }
  | { type: "inputStored"; position: number; cid: CID; byteLength: number }
  | { type: "manifestWritten"; cid: CID; taskCount: number }
  /** The account has posted it before, under the same key. */
  | { type: "found"; jobId: JobId; blockNumber: bigint }
  /** The network knows where the content is. */
  | { type: "provided"; cid: CID }
  | { type: "posted"; jobId: JobId; hash: Hex; blockNumber: bigint; escrow: bigint }
  | { type: "announced" }
  /** Nodes find the job all the same when they next look at the chain. */
  | { type: "notAnnounced"; error: unknown };

export interface SubmitJobParameters<Program extends JobProgram = Uint8Array | CID>
  extends JobOptions {
  /** A WebAssembly module, the CID of one that the client's content has, or what `defineProgram` gave. */
  program: Program;
  /**
   * One a task: bytes or the name of a content, or values that a typed program encodes. A stream is read as it is stored, a few at a
   * time, however long it is.
   */
  inputs: Iterable<InputOf<Program>> | AsyncIterable<InputOf<Program>>;
}

/** What can be said of a job beside its program and its inputs. */
export interface JobOptions extends AbortOptions {
  /** Reward of one task, in the token's smallest unit: wei for the native coin. */
  rewardPerTask: bigint;
  /** The ERC-20 token of the reward. Default: the zero address, the native coin. */
  token?: Address | undefined;
  /** Where the escrow comes from: the account, or its credit in the job's token. Default: `value`, the account. */
  from?: EscrowSource | undefined;
  /**
   * Stake that a worker locks to claim a batch, in wei. Default: the reward of a batch, but not less than the Marketplace's minimum. If the
   * job is paid in a token, whose value is unknown: the minimum.
   */
  stakePerBatch?: bigint | undefined;
  /** Who decides challenges; the zero address means that results cannot be challenged. Default: the client's `arbiter`. */
  arbiter?: Address | undefined;
  /** Whether to post although the arbiter could not decide a dispute now. Default: no. */
  allowUndecidable?: boolean | undefined;
  /** Minimum score that a worker needs to claim, in 1/10000. Default: 0. */
  minScore?: number | undefined;
  /** Tasks in a batch, at most all of them. Default: a size that gives about 16 batches, with at most 1,024 tasks in each. */
  batchSize?: number | undefined;
  /** Time from a claim to its submission. Default: an hour. */
  submitWindowSeconds?: number | undefined;
  /** Time from a submission until it is paid. Default: the Marketplace's minimum. */
  challengeWindowSeconds?: number | undefined;
  /** Time from now during which batches can be claimed. Default: a day. */
  claimForSeconds?: number | undefined;
  /** Maximum memory of a task, in pages of 64 KiB. Default: what the program declares. */
  memoryPages?: number | undefined;
  /** Longest result of a task, in bytes. Default: 1 MiB. */
  maxResultBytes?: number | undefined;
  /** Maximum fuel of a task, as `runProgram` measures it. Default: 10¹⁰, two to five seconds of a core. */
  maxSteps?: bigint | undefined;
  /**
   * Names the machine that a fraud proof replays: the program's own root, or zero for a job that is not to be proved. Default: the program's,
   * and zero where it has none, as `onProgress` tells. An arbiter that decides by proofs needs it.
   */
  machineRoot?: Hex | undefined;
  /**
   * Names the job for its account: a job that was posted under the same key in the last week is found, and its contents are stored and
   * provided again, instead of a second one being posted. Default: none.
   */
  idempotencyKey?: string | undefined;
  onProgress?: ((progress: SubmitJobProgress) => void) | undefined;
}

export type SubmitJobReturnType<Program extends JobProgram = Uint8Array | CID> = HandleOf<Program>;

export type SubmitJobErrorType =
  | AccountRequiredError
  | ContentRequiredError
  | ContentTooLargeError
  | InsufficientBalanceError
  | InvalidInputError
  | InvalidProgramError
  | InvalidTermsError
  | JobKeyUsedError
  | ManifestError
  | PostJobErrorType
  | UnprovableJobError
  | UnsupportedCidError;

/**
 * Buys work. It checks the program, stores it with all inputs and their manifest, and provides them on the network. Then it posts the job
 * with its escrow and announces it on gossip. Nothing is paid unless every step before succeeded. See `postJob` for how tokens are paid.
 * Inputs are stored as they come: a million take no more memory here than a thousand, if the client's content keeps them on disk.
 *
 * @throws {@link InvalidTermsError} when an option is outside what the contract allows.
 * @throws {@link InvalidProgramError} when no node would run the program, or not with so little memory.
 * @throws {@link InsufficientBalanceError} {@link InsufficientTokenBalanceError} {@link InsufficientCreditError} when the account cannot
 * pay the escrow.
 * @throws {@link ArbiterNotReadyError} when the arbiter could not decide a dispute now, unless that is allowed.
 * @throws {@link UnprovableJobError} when the arbiter decides by fraud proofs, and never could about this job.
 * @throws {@link JobKeyUsedError} when the job of its `idempotencyKey` is another one.
 */
export async function submitJob<Program extends JobProgram>(
  client: MarketContext,
  { program, inputs, ...options }: SubmitJobParameters<Program>,
): Promise<SubmitJobReturnType<Program>> {
  // If the number of inputs is known up front, a refusal is found before anything is stored.
  const knownCount = Array.isArray(inputs) ? inputs.length : undefined;
  const job = isTyped(program)
    ? typedJob(
        await submitBytes(client, {
          ...{ ...options, program: program.program, knownCount },
          inputs: encoded(inputs, program.encode),
        }),
        program,
      )
    : await submitBytes(client, { ...options, program, knownCount, inputs });
  return job as HandleOf<Program>;
}

/** The bytes of a typed program's inputs, each encoded when its turn comes. */
async function* encoded(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  encode: (input: never) => Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const input of checkIterable(inputs)) yield encode(input as never);
}

async function submitBytes(
  client: MarketContext,
  parameters: JobParts & JobOptions,
): Promise<JobHandle> {
  const { rewardPerTask, onProgress, signal } = parameters;
  const { token = zeroAddress, from = "value", allowUndecidable = false } = parameters;
  const requester = client.wallet?.account.address;
  if (requester === undefined) throw new AccountRequiredError("submitJob");
  const { idempotencyKey: key } = parameters;
  const before =
    key === undefined ? undefined : await findKeyedJob(client, { requester, key, signal });
  const checkEscrow = async (taskCount: number) => {
    const amount = BigInt(taskCount) * rewardPerTask;
    if (before === undefined)
      await requireEscrow(client, { account: requester, token, from, amount, signal });
  };
  const { terms, spec } = await storeJob(client, { ...parameters, requester, before, checkEscrow });
  if (before !== undefined) {
    onProgress?.({ type: "found", jobId: before.jobId, blockNumber: before.blockNumber });
    return createJobHandle(client, before);
  }
  const { jobId, hash, blockNumber } = await postJob(client, {
    ...{ terms, spec, from, allowUndecidable, signal },
  });
  const escrow = BigInt(terms.taskCount) * rewardPerTask;
  onProgress?.({ type: "posted", jobId, hash, blockNumber, escrow });
  await announce(client, { jobId, blockNumber, onProgress, signal });
  return createJobHandle(client, { jobId, requester, terms, spec, blockNumber });
}

/** Announces the posted job. A failed announcement is no reason to fail. */
async function announce(
  { announcer }: MarketContext,
  {
    jobId,
    blockNumber,
    onProgress,
    signal,
  }: Pick<JobOptions, "onProgress" | "signal"> & { jobId: JobId; blockNumber: bigint },
): Promise<void> {
  if (announcer === undefined) return;
  try {
    await abortable(announcer.announce({ job: jobId, block: blockNumber }), signal);
    onProgress?.({ type: "announced" });
  } catch (error) {
    signal?.throwIfAborted();
    onProgress?.({ type: "notAnnounced", error });
  }
}
