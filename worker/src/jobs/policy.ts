import { type JobSpec, type JobTerms, NODE_DEFAULTS, type RefusalCode } from "@assay/sdk";
import type { CID } from "multiformats/cid";
import { type Address, isAddressEqual, zeroAddress } from "viem";
import type { Refusal } from "./refusal.ts";
import { type TokenPrice, worthOf } from "./worth.ts";

/** Which jobs a node takes, and what it risks for them. */
export interface Policy {
  /** Minimum reward of a task, in wei, or worth as much in a token. */
  minRewardPerTaskWei: bigint;
  /** How the price of a task is found, above the minimum. */
  pricing: Pricing;
  /** Tokens that are taken as pay besides the native coin. */
  tokens: readonly TokenPrice[];
  /** Maximum share of a batch's reward that its gas may cost, from claim to settlement: 0.2 is a fifth, `Infinity` no limit. */
  maxGasShare: number;
  /** Programs that are run. An empty list means all. */
  programs: readonly CID[];
  /** Requesters whose jobs are taken. An empty list means all. */
  requesters: readonly Address[];
  /** Features of this node: `gpu`, `region:eu`. */
  tags: readonly string[];
  /** Rules for the tags that jobs need. A job needs the tags of every rule that fits it. */
  tagRules: readonly TagRule[];
  /** The account's stake is topped up to this, in wei. A batch that locks more is not claimed. */
  stakeWei: bigint;
  /** Maximum memory of a task, in pages of 64 KiB. */
  maxMemoryPages: number;
  /** Maximum size of a result, in bytes. */
  maxResultBytes: number;
  /** Maximum size of an input, in bytes. */
  maxInputBytes: number;
  maxTasksPerBatch: number;
  /** Arbiters whose rulings on its stake this node accepts. Jobs without an arbiter are accepted, too. */
  arbiters: readonly Address[];
  /** Maximum number of batches that are claimed and not submitted. */
  maxBatchesAtOnce: number;
  /** Share of another worker's batch that an auditor recomputes, above 0 and at most 1; one task at least. */
  auditRate: number;
  /** Minimum reward of a batch that is audited, in wei. Pay in a token that this node does not take counts as nothing. */
  minAuditRewardWei: bigint;
  /** Maximum processor time of audits in any hour, in milliseconds. */
  auditCpuMsPerHour: number;
  /** Share of the challenge window for which a content is sought before it counts as withheld. */
  withheldAfter: number;
  /** Maximum of bonds, arbiters' fees and appeals at a time, in wei. Default: the balance, except its reserve for gas. */
  maxLockedWei: bigint | undefined;
  /** Maximum of bonds behind bids at a time, in wei. 0: no bid for an offer that asks for a bond. */
  maxBidBondsWei: bigint;
  /** Chance, 0 to 1, that jurors find what this node has found. Gains of challenges and appeals are weighed by it. */
  trustInJurors: number;
  /** Maximum gas of a challenge or an appeal, as a share of its expected gain. */
  maxDisputeGasShare: number;
  /** The account's juror stake is topped up to this, in wei. */
  jurorStakeWei: bigint;
  /** Minimum credit that is withdrawn while batches wait for their settlement, in wei. If none waits, any credit is. */
  withdrawFromWei: bigint;
}

/** How a node prices a task besides its minimum; `policy/pricing.ts` does the sums. */
export interface Pricing {
  /** For 10⁹ units of fuel, by the fuel of the trial, in wei. 0: fuel has no price. */
  weiPerGigafuel: bigint;
  /** By how much a node whose room is all taken raises its price: 0.5 is half as much again. Between, evenly. */
  loadMarkup: number;
}

/** Jobs of this program and this requester need a node with these tags. A rule without either is about all jobs. */
export interface TagRule {
  program?: CID | undefined;
  requester?: Address | undefined;
  tags: readonly string[];
}

/** The default policy. Its stake is the account's current stake. */
export const DEFAULT_POLICY: Omit<Policy, "stakeWei"> = {
  ...NODE_DEFAULTS,
  minRewardPerTaskWei: 0n,
  pricing: { weiPerGigafuel: 0n, loadMarkup: 0 },
  tokens: [],
  programs: [],
  requesters: [],
  tags: [],
  tagRules: [],
  arbiters: [],
  maxBatchesAtOnce: 1,
  auditRate: 0.05,
  minAuditRewardWei: 0n,
  auditCpuMsPerHour: 30 * 60_000,
  withheldAfter: 0.25,
  maxLockedWei: undefined,
  maxBidBondsWei: 0n,
  trustInJurors: 0.9,
  maxDisputeGasShare: 0.5,
  jurorStakeWei: 0n,
  withdrawFromWei: 10n ** 17n,
};

/** The reason why this node does not take a job, by its terms and limits; `undefined` if it does. */
export function refusalOf(
  terms: Pick<
    JobTerms,
    "requester" | "token" | "rewardPerTask" | "stakePerBatch" | "batchSize" | "arbiter"
  >,
  spec: Pick<JobSpec, "program" | "memoryPages" | "maxResultBytes">,
  policy: Policy,
): Refusal | undefined {
  const rewardWei = worthOf(policy, terms.token, terms.rewardPerTask);
  if (rewardWei === undefined) {
    return refused("TOKEN", `it pays in a token that this node does not take: ${terms.token}`);
  }
  if (!isTrusted(terms.arbiter, policy)) {
    return refused("ARBITER", "its arbiter is not one that this node accepts");
  }
  const { programs, requesters } = policy;
  if (programs.length > 0 && !programs.some((program) => program.equals(spec.program))) {
    return refused("PROGRAM", "its program is not one that this node runs");
  }
  if (requesters.length > 0 && !requesters.some((one) => isAddressEqual(one, terms.requester))) {
    return refused("REQUESTER", "its requester is not one that this node works for");
  }
  const missing = tagsOf(terms, spec, policy).filter((tag) => !policy.tags.includes(tag));
  if (missing.length > 0) {
    return refused("TAGS", `it needs what this node has not: ${missing.join(", ")}`);
  }
  if (rewardWei < policy.minRewardPerTaskWei) return refused("REWARD", "the reward is too low");
  if (terms.stakePerBatch > policy.stakeWei) {
    return refused("STAKE", "a batch needs more stake than this node holds");
  }
  if (terms.batchSize > policy.maxTasksPerBatch) {
    return refused("BATCH_SIZE", "a batch has too many tasks");
  }
  if (spec.memoryPages > policy.maxMemoryPages) {
    return refused("MEMORY", "a task may use too much memory");
  }
  if (spec.maxResultBytes > policy.maxResultBytes) {
    return refused("RESULT_SIZE", "a result may be too long");
  }
  return undefined;
}

function refused(code: RefusalCode, reason: string): Refusal {
  return { code, reason };
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

/** Whether this node accepts the rulings of this arbiter. The zero address stands for no arbiter, which is accepted. */
export function isTrusted(arbiter: Address, { arbiters }: Policy): boolean {
  return arbiter === zeroAddress || arbiters.some((trusted) => isAddressEqual(trusted, arbiter));
}
