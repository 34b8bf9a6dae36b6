import type { DisputeId, JobId, Ruling } from "@assay/sdk";
import type { Address, Hex } from "viem";
import type { RefusalReason } from "../jobs/refusal.ts";
import type { NodeRole } from "./part.ts";
import type { Area } from "./progress.ts";

interface OfBatch {
  jobId: JobId;
  batch: number;
}

interface OfTransaction {
  nonce: number;
  action: string;
  hash: Hex;
}

/** The events of a node, by constant message. Amounts are in wei and times in milliseconds unless the name says otherwise. */
export interface NodeEvents {
  "node started": {
    peerId: string;
    multiaddrs: string[];
    roles: NodeRole[];
    /** The account; a node that has nothing to do with the chain has none. */
    address?: Address;
  };
  /** `how`: `public`, at an address of its own, or `relayed`, through relays (their peer ids). */
  "node reachable": { how: string; relays: string[] };
  "node unreachable": { advice: string };
  "node stopping": Record<never, never>;
  /** Something without which it cannot do all that it is for; `problem` says how to mend that. Reported at the start. */
  "node lacks": { what: string; problem: string };
  /** A peer, by its id, or an account. Its connection is closed, and nothing of it is heard until the time is over. */
  "peer banned": { name: string; ms: number; reason: string };
  /** `rewardPerTask` in the smallest unit of `token`; the zero address is the native coin. */
  "job discovered": {
    jobId: JobId;
    tasks: number;
    batches: number;
    token: Address;
    rewardPerTask: bigint;
  };
  "job ready": { jobId: JobId; taskMs: number };
  "job refused": { jobId: JobId; code: RefusalReason; reason: string };
  "job closed": { jobId: JobId; reason: string };
  "job not looked into yet": { jobId: JobId; retryInMs: number; error: string };
  "batch not worked on yet": { jobId: JobId; retryInMs: number; error: string };
  /** Claiming, submitting and settling a batch would cost more of its reward than the policy allows. */
  "gas is too dear": { jobId: JobId; gasWei: bigint; rewardWei: bigint; retryInMs: number };
  /** It pays less than this node asks at the moment. Reported once. */
  "price not paid": {
    jobId: JobId;
    code: RefusalReason;
    reason: string;
    rewardWei: bigint;
    retryInMs: number;
  };
  /** It would not be done by its deadline, or a step of it cannot be done. */
  "batch given up": OfBatch & { reason: string };
  /** The step cannot be done. It is a dead letter of the queue, with its reason. */
  "step given up": { step: string; reason: string };
  /** The arbiter could not decide a dispute about the job's results now, so none of its batches is claimed. Reported once. */
  "arbiter cannot decide": { jobId: JobId; arbiter: Address; retryInMs: number };
  /** Somebody announced a signed offer; `maxReward` of a task in its token's smallest unit. */
  "offer heard": { offer: Hex; maxReward: bigint };
  "bid made": { offer: Hex; reward: bigint };
  /** `part`: of this node. */
  "offer awarded": { offer: Hex; part: "winner" | "backup" | "other" };
  /** Program and inputs are here, for when it is this node's turn. */
  "offer prepared": { offer: Hex };
  /** Its job is posted, and the first batch this node's. */
  "offer taken": { offer: Hex; jobId: JobId; reward: bigint };
  /** Somebody else was faster. */
  "offer not taken": { offer: Hex; reason: string };
  "offer over": { offer: Hex; reason: string };
  "offer not followed yet": { offer: Hex; error: string };
  /** A peer that shares an award or a job with this node was not heard of for 15 s; or it is heard of again. */
  "peer silent": { peerId: string };
  "peer heard again": { peerId: string };
  "stake is short": { jobId: JobId; neededWei: bigint; freeWei: bigint };
  "batch claimed": OfBatch & { tasks: number };
  /** Somebody else was faster. */
  "batch taken": OfBatch;
  "batch lost": OfBatch & { reason: string };
  /** Another worker missed its deadline; we want the batch. */
  "claim expired": OfBatch;
  /** Reported a few times a second while a batch is computed, and at its end. */
  "task computed": OfBatch & { done: number; total: number };
  "batch submitted": OfBatch & { resultRoot: Hex };
  "results not provided yet": { results: string; error: string };
  /** `reward` in the smallest unit of `token`, and what that is worth by the policy. */
  "batch settled": OfBatch & { token: Address; reward: bigint; rewardWei: bigint };
  /** Its results were found wrong. */
  "stake slashed": OfBatch & { slashedWei: bigint };
  "leaf revealed": OfBatch & { position: number };
  /** Nothing wrong was found in `tasks` of another worker's tasks. */
  "batch audited": OfBatch & { worker: Address; tasks: number };
  "batch not audited yet": OfBatch & { retryInMs: number; error: string };
  /** By policy, or because the job is broken. */
  "batch not audited": OfBatch & { reason: string };
  /** Audits have to wait until an hour is over. */
  "audit budget is spent": { spentMs: number; budgetMs: number };
  "wrong result found": OfBatch & { position: number; worker: Address };
  /** A result manifest was looked for in vain: a leaf will be demanded. */
  "results withheld": OfBatch & { position: number; worker: Address };
  /** A result was looked for in vain: it will be challenged as unavailable. */
  "result withheld": OfBatch & { position: number; worker: Address };
  "leaf demanded": OfBatch & { position: number; worker: Address; bondWei: bigint };
  /** The worker that a leaf was demanded of has shown it. */
  "leaf shown": OfBatch & { position: number; worker: Address };
  /** It has not, and was slashed. */
  "demand forfeited": OfBatch & { worker: Address };
  "batch challenged": OfBatch & { position: number; worker: Address; id: DisputeId };
  /** A challenge or demand that cannot be made at the moment. */
  "challenge put off": OfBatch & { reason: string };
  /** It will not be made. `reason` is the state of the batch. */
  "challenge dropped": OfBatch & { reason: string };
  /** Somebody else has asked the same first: what was prepared is credit again. */
  "preparation reclaimed": OfBatch & { position: number; amountWei: bigint };
  /** As a juror, from the jury itself: the Marketplace told of it nothing that this node knows. */
  "dispute heard": OfBatch & { id: DisputeId };
  /** A dispute that this node is a party to is over, whoever had the ruling carried out. */
  "dispute resolved": OfBatch & { id: DisputeId; ruling: Ruling };
  "ruling appealed": OfBatch & { id: DisputeId; ruling: Ruling; feeWei: bigint };
  "ruling not appealed": OfBatch & { id: DisputeId; ruling: Ruling; reason: string };
  /** A move before a proof arbiter: what it was, as the contract calls it. */
  "move made": OfBatch & { id: DisputeId; move: string };
  /** Our move is due before a proof arbiter, and was not made yet. */
  "move put off": OfBatch & { id: DisputeId; reason: string };
  /** We play no further: we find that the other party is right. */
  "game given up": OfBatch & { id: DisputeId; reason: string };
  /** A withheld result was shown on chain, chunk by chunk: this node has it from there, and serves it. */
  "shown result kept": OfBatch & { position: number; result: string };
  "shown result not kept": OfBatch & { position: number; error: string };
  "proof credit withdrawn": { amountWei: bigint };
  /** We are on the panel: the task is run, or the result looked for, until `until` (Unix seconds of the chain) at the latest. */
  "judgment begun": { id: DisputeId; panel: number; until: number };
  /** It could not be done this time. */
  "not judged yet": { id: DisputeId; panel: number; error: string };
  "jury drawn": { id: DisputeId; panel: number };
  "dispute advanced": { id: DisputeId; panel: number };
  "verdict committed": { id: DisputeId; panel: number };
  "verdict revealed": { id: DisputeId; panel: number; verdict: Ruling };
  /** The time for it is over, or the node stops: a part of the juror's stake is lost unless it is revealed until `revealEndsAt` (Unix seconds). */
  "verdict not revealed": { id: DisputeId; panel: number; revealEndsAt: number };
  /** The account has less than it needs for what a juror or a worker must not miss. */
  "gas is short": { neededWei: bigint; availableWei: bigint };
  "dispute settled": { id: DisputeId; coherent: number; shareWei: bigint };
  "juror credit withdrawn": { amountWei: bigint };
  /** `amount` in the smallest unit of `token`, and what that is worth by the policy. */
  "credit withdrawn": { token: Address; amount: bigint; amountWei: bigint };
  "transaction mined": { action: string; hash: Hex; gasUsed: bigint; feeWei: bigint };
  "blocks evicted": { blocks: number; bytes: number };
  /** Nothing is claimed until it has room again. */
  "disk is full": { usedBytes: number; quotaBytes: number | undefined; freeBytes: number };
  "disk has room again": { usedBytes: number; quotaBytes: number | undefined; freeBytes: number };
  /** Nothing new is claimed; `batches` are finished first. */
  "node draining": { batches: number; timeoutMs: number };
  /** `batches` were not finished in time: the next start takes them up. */
  "node drained": { batches: number };
  /** An RPC endpoint of another chain: it is not asked again. */
  "endpoint dropped": { endpoint: string; reason: string };
  "endpoint left alone": { endpoint: string; forMs: number; reason: string };
  "endpoint behind": { endpoint: string; head: bigint; known: bigint };
  /** Its answer contradicts the chain. For a while it is asked after all others. */
  "endpoint doubted": { endpoint: string; forMs: number; reason: string };
  "endpoint back": { endpoint: string };
  "chain not followed": { error: string };
  "chain followed again": Record<never, never>;
  /** It replaced `depth` blocks that were read, or one in which a transaction of ours was mined; so many jobs and batches have to be looked at again. */
  "chain reorganised": { toBlock: bigint; depth: number; jobs: number; batches: number };
  /** The endpoint left out what the block's receipts have. */
  "logs were missing": { block: bigint };
  /** Of so many blocks the endpoint's logs had to be believed: they are too old to be read one by one, or nobody has their receipts. */
  "logs not checked": { blocks: bigint };
  /** Nothing has moved there for a while, for this reason; `/ready` says so, too. */
  "no progress": { area: Area; reason: string; forMs: number };
  "progress again": { area: Area };
  /** The node stops. */
  "node cannot go on": { error: string; code: string };
  /** A reorganisation undid what was done for it. */
  "batch moved back": OfBatch & { from: string; to: string };
  "transaction replaced": OfTransaction;
  "transaction sent again": OfTransaction;
  "transaction dropped": OfTransaction;
  "nonce gap filled": OfTransaction;
  "fee cap reached": OfTransaction;
  "step failed": { step: string; error: string; code: string | undefined };
}

export type NodeEventName = keyof NodeEvents;

/** The events as Node's EventEmitter types them. */
export type NodeEventMap = { [Name in NodeEventName]: [NodeEvents[Name]] };

export type Report = <Name extends NodeEventName>(name: Name, fields: NodeEvents[Name]) => void;

/** Levels of the events that a person should look at. */
const LEVELS: Partial<Record<NodeEventName, "debug" | "warn" | "error">> = {
  "batch lost": "warn",
  "batch given up": "warn",
  "step given up": "error",
  "arbiter cannot decide": "warn",
  "node unreachable": "warn",
  "node lacks": "warn",
  "offer not followed yet": "warn",
  "stake is short": "warn",
  "stake slashed": "warn",
  "batch not audited yet": "warn",
  "audit budget is spent": "warn",
  "challenge put off": "warn",
  "challenge dropped": "warn",
  "ruling not appealed": "warn",
  "not judged yet": "warn",
  "move put off": "error",
  "game given up": "warn",
  "shown result not kept": "warn",
  "gas is short": "error",
  "verdict not revealed": "error",
  "job not looked into yet": "warn",
  "batch not worked on yet": "warn",
  "results not provided yet": "warn",
  "disk is full": "warn",
  "endpoint dropped": "error",
  "endpoint left alone": "warn",
  "endpoint behind": "warn",
  "chain not followed": "warn",
  "chain reorganised": "warn",
  "endpoint doubted": "warn",
  "logs were missing": "warn",
  "logs not checked": "warn",
  "no progress": "warn",
  "node cannot go on": "error",
  "batch moved back": "warn",
  "transaction replaced": "warn",
  "transaction sent again": "warn",
  "transaction dropped": "warn",
  "nonce gap filled": "warn",
  "fee cap reached": "warn",
  "step failed": "error",
};

export function levelOf(name: NodeEventName): "debug" | "info" | "warn" | "error" {
  return LEVELS[name] ?? "info";
}
