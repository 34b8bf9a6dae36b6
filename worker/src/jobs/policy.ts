import type { JobSpec, JobTerms } from "@assay/sdk";
import type { CID } from "multiformats/cid";
import { type Address, isAddressEqual, zeroAddress } from "viem";
import { type TokenPrice, worthOf } from "./worth.ts";

/** What a node takes on. */
export interface Policy {
  /** Least reward of a task, in wei, or worth so much in a token. */
  minRewardPerTaskWei: bigint;
  /** Tokens that are taken as pay besides the native coin. */
  tokens: readonly TokenPrice[];
  /** Most of a batch's reward that claiming, submitting and settling it may cost in gas: 0.2 is a fifth, 1 all of it, `Infinity` more. */
  maxGasShare: number;
  /** Programs that are run. None: all. */
  programs: readonly CID[];
  /** Requesters whose jobs are taken on. None: all. */
  requesters: readonly Address[];
  /** What this node has: `gpu`, `region:eu`. */
  tags: readonly string[];
  /** Which tags jobs need: those of every rule that fits. */
  tagRules: readonly TagRule[];
  /** What the account's stake is topped up to, in wei. A batch that locks more than this is not for us. */
  stakeWei: bigint;
  /** Most memory of a task, in pages of 64 KiB. */
  maxMemoryPages: number;
  /** Longest result of a task, in bytes. */
  maxResultBytes: number;
  /** Longest input of a task, in bytes. */
  maxInputBytes: number;
  maxTasksPerBatch: number;
  /** Arbiters, besides none at all, whose rulings on our stake we accept. */
  arbiters: readonly Address[];
  /** Batches that are claimed and not submitted at a time. */
  maxBatchesAtOnce: number;
  /** Share of another worker's batch that an auditor recomputes, above 0 and at most 1; one task at least. */
  auditRate: number;
  /** Least reward of a batch that is audited, in wei; what is paid in a token that this node does not take counts as nothing. */
  minAuditRewardWei: bigint;
  /** Most milliseconds that audits take of the processors in any hour. */
  auditCpuMsPerHour: number;
  /** Share of a challenge window for which a content is looked for before it counts as withheld. */
  withheldAfter: number;
  /** Most wei in bonds, arbiters' fees and appeals at a time. `undefined`: what the account has, but for its gas. */
  maxLockedWei: bigint | undefined;
  /** Chance, 0 to 1, that jurors find what this node has found: what a challenge or an appeal may bring is weighed by it. */
  trustInJurors: number;
  /** Most gas of a challenge or an appeal, by what it is expected to bring: 0.5 is half of that. */
  maxDisputeGasShare: number;
  /** What the account's juror stake is topped up to, in wei. */
  jurorStakeWei: bigint;
  /** While batches wait for their settlement, credit is withdrawn from so many wei on; once none waits, always. */
  withdrawFromWei: bigint;
}

/** Jobs of this program, or requester, or both, need a node that has these tags. One that names neither is about all jobs. */
export interface TagRule {
  program?: CID | undefined;
  requester?: Address | undefined;
  tags: readonly string[];
}

/** What a node takes on if it is not told otherwise. Its stake is what the account has staked. */
export const DEFAULT_POLICY: Omit<Policy, "stakeWei"> = {
  minRewardPerTaskWei: 0n,
  tokens: [],
  maxGasShare: 1,
  programs: [],
  requesters: [],
  tags: [],
  tagRules: [],
  maxMemoryPages: 4_096,
  maxResultBytes: 64 << 20,
  maxInputBytes: 64 << 20,
  maxTasksPerBatch: 100_000,
  arbiters: [],
  maxBatchesAtOnce: 1,
  auditRate: 0.05,
  minAuditRewardWei: 0n,
  auditCpuMsPerHour: 30 * 60_000,
  withheldAfter: 0.25,
  maxLockedWei: undefined,
  trustInJurors: 0.9,
  maxDisputeGasShare: 0.5,
  jurorStakeWei: 0n,
  withdrawFromWei: 10n ** 17n,
};

/** Why a job is not for this node, from its terms and limits alone; `undefined` if nothing speaks against it. */
export function refusalOf(terms: JobTerms, spec: JobSpec, policy: Policy): string | undefined {
  const rewardWei = worthOf(policy, terms.token, terms.rewardPerTask);
  if (rewardWei === undefined)
    return `it pays in a token that this node does not take: ${terms.token}`;
  if (!isTrusted(terms.arbiter, policy)) return "its arbiter is not one that this node accepts";
  const { programs, requesters } = policy;
  if (programs.length > 0 && !programs.some((program) => program.equals(spec.program))) {
    return "its program is not one that this node runs";
  }
  if (requesters.length > 0 && !requesters.some((one) => isAddressEqual(one, terms.requester))) {
    return "its requester is not one that this node works for";
  }
  const missing = tagsOf(terms, spec, policy).filter((tag) => !policy.tags.includes(tag));
  if (missing.length > 0) return `it needs what this node has not: ${missing.join(", ")}`;
  if (rewardWei < policy.minRewardPerTaskWei) return "the reward is too low";
  if (terms.stakePerBatch > policy.stakeWei) return "a batch needs more stake than this node holds";
  if (terms.batchSize > policy.maxTasksPerBatch) return "a batch has too many tasks";
  if (spec.memoryPages > policy.maxMemoryPages) return "a task may use too much memory";
  if (spec.maxResultBytes > policy.maxResultBytes) return "a result may be too long";
  return undefined;
}

/** The tags that a node must have for a job, each once. */
export function tagsOf(
  { requester }: Pick<JobTerms, "requester">,
  { program }: Pick<JobSpec, "program">,
  { tagRules }: Pick<Policy, "tagRules">,
): string[] {
  const fitting = tagRules.filter(
    (rule) =>
      (rule.program === undefined || rule.program.equals(program)) &&
      (rule.requester === undefined || isAddressEqual(rule.requester, requester)),
  );
  return [...new Set(fitting.flatMap(({ tags }) => tags))];
}

/** Whether rulings of this arbiter are accepted; without one there are none. */
export function isTrusted(arbiter: Address, { arbiters }: Policy): boolean {
  return arbiter === zeroAddress || arbiters.some((trusted) => isAddressEqual(trusted, arbiter));
}

/** What claiming, fetching, providing and submitting may take besides computing, in seconds. */
const OVERHEAD_SECONDS = 5;
/** The tried task may have been an easy one. */
const SAFETY = 2;

/** Whether a batch is done in time if its tasks take as long as the tried one did. */
export function isDoneInTime({
  tasks,
  taskMs,
  processes,
  submitWindowSeconds,
}: {
  tasks: number;
  taskMs: number;
  /** Tasks that run at a time. */
  processes: number;
  submitWindowSeconds: number;
}): boolean {
  const computingSeconds = (Math.ceil(tasks / processes) * taskMs) / 1_000;
  return SAFETY * computingSeconds + OVERHEAD_SECONDS <= submitWindowSeconds;
}
