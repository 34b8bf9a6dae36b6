import type { Direct } from "@assay/network";
import type { JobSpec, JobTerms } from "@assay/sdk";
import { asCount, asRecord } from "@assay/sdk/protocol";
import { CID } from "multiformats/cid";
import { bytesToHex, hexToBytes } from "viem";
import { type Policy, refusalOf } from "../jobs/policy.ts";
import type { NodeRole } from "../kernel/part.ts";
import { VERSION } from "../kernel/version.ts";

/** What a worker decides by, of a job that is not posted yet. */
export type AskedJob = Pick<
  JobTerms,
  "requester" | "token" | "rewardPerTask" | "stakePerBatch" | "batchSize" | "arbiter"
> &
  Pick<JobSpec, "program" | "memoryPages" | "maxResultBytes">;

/** A worker's answer: whether it would take the job now, and if not, why. */
export interface Quote {
  isTaken: boolean;
  reason: string | null;
  freeBatches: number;
  /** Milliseconds a task of the program took here, once it is known. */
  taskMs: number | null;
  /** The least that this worker takes for a task, in wei. */
  minRewardPerTaskWei: bigint;
}

export interface ServicesParameters {
  roles: readonly NodeRole[];
  policy: Policy;
  /** Processes that run tasks. */
  processes: number;
  freeBatches: () => number;
  /** The block up to which the chain was read, and whether it is followed. */
  chain: () => { head: { number: bigint }; isFollowed: boolean };
  taskMsOf: (program: CID) => number | undefined;
}

/** Answers the questions of other peers: `quote`, `capabilities`, `status`. */
export function serveOthers(direct: Direct, parameters: ServicesParameters): void {
  const { roles, policy, processes, freeBatches, chain, taskMsOf } = parameters;
  const wei = (amount: bigint) => amount.toString();
  direct.serve("capabilities", () => ({
    ...{ version: VERSION, roles: [...roles], tags: [...policy.tags], processes },
    ...{ maxMemoryPages: policy.maxMemoryPages, maxTasksPerBatch: policy.maxTasksPerBatch },
    maxResultBytes: policy.maxResultBytes,
    minRewardPerTaskWei: wei(policy.minRewardPerTaskWei),
    arbiters: policy.arbiters.map((arbiter) => hexToBytes(arbiter)),
  }));
  direct.serve("status", () => {
    const { head, isFollowed } = chain();
    return { freeBatches: freeBatches(), block: Number(head.number), isFollowed };
  });
  direct.serve("quote", (body) => {
    const asked = readAskedJob(body);
    const reason = roles.includes("worker")
      ? refusalOf(asked, asked, policy)?.reason
      : "this node is no worker";
    const free = freeBatches();
    return {
      isTaken: reason === undefined && free > 0,
      reason: reason ?? (free > 0 ? null : "it has no room for a batch now"),
      freeBatches: free,
      taskMs: Math.ceil(taskMsOf(asked.program) ?? 0) || null,
      minRewardPerTaskWei: wei(policy.minRewardPerTaskWei),
    };
  });
}

/**
 * Asks a peer what it thinks of a job.
 *
 * @throws PeerSilentError PeerRefusedError; `TypeError` when the answer is none.
 */
export async function askQuote(
  direct: Direct,
  peerId: string,
  job: AskedJob,
  options: { signal?: AbortSignal } = {},
): Promise<Quote> {
  const { body } = await direct.ask(peerId, "quote", askedFields(job), options);
  const keys = ["isTaken", "reason", "freeBatches", "taskMs", "minRewardPerTaskWei"] as const;
  const fields = asRecord(body, keys);
  const { isTaken, reason } = fields ?? {};
  const isRight = typeof isTaken === "boolean" && (reason === null || typeof reason === "string");
  if (fields === undefined || !isRight) throw new TypeError(`${peerId} sent no quote`);
  return {
    ...{ isTaken, reason },
    freeBatches: countOf(fields.freeBatches, "freeBatches"),
    taskMs: fields.taskMs === null ? null : countOf(fields.taskMs, "taskMs"),
    minRewardPerTaskWei: weiOf(fields.minRewardPerTaskWei, "minRewardPerTaskWei"),
  };
}

function askedFields(job: AskedJob) {
  return {
    ...{ batchSize: job.batchSize, program: job.program },
    ...{ memoryPages: job.memoryPages, maxResultBytes: job.maxResultBytes },
    requester: hexToBytes(job.requester),
    token: hexToBytes(job.token),
    arbiter: hexToBytes(job.arbiter),
    rewardPerTask: job.rewardPerTask.toString(),
    stakePerBatch: job.stakePerBatch.toString(),
  };
}

/** @throws TypeError, which the asker is told. */
function readAskedJob(body: unknown): AskedJob {
  const fields = asRecord(body, [
    ...(["batchSize", "program", "memoryPages", "maxResultBytes", "requester"] as const),
    ...(["token", "arbiter", "rewardPerTask", "stakePerBatch"] as const),
  ]);
  const program = CID.asCID(fields?.program);
  if (fields === undefined || program === null) throw new TypeError("the question names no job");
  return {
    program,
    batchSize: countOf(fields.batchSize, "batchSize"),
    memoryPages: countOf(fields.memoryPages, "memoryPages"),
    maxResultBytes: countOf(fields.maxResultBytes, "maxResultBytes"),
    requester: addressOf(fields.requester, "requester"),
    token: addressOf(fields.token, "token"),
    arbiter: addressOf(fields.arbiter, "arbiter"),
    rewardPerTask: weiOf(fields.rewardPerTask, "rewardPerTask"),
    stakePerBatch: weiOf(fields.stakePerBatch, "stakePerBatch"),
  };
}

function countOf(value: unknown, name: string): number {
  const count = asCount(value);
  if (count === undefined) throw new TypeError(`${name} is not a whole number`);
  return count;
}

/** Amounts travel as decimal digits: they are longer than a number of dag-cbor may be. */
function weiOf(value: unknown, name: string): bigint {
  if (typeof value !== "string" || !/^\d{1,78}$/.test(value)) {
    throw new TypeError(`${name} is not an amount in decimal digits`);
  }
  return BigInt(value);
}

function addressOf(value: unknown, name: string) {
  if (!(value instanceof Uint8Array) || value.length !== 20) {
    throw new TypeError(`${name} is not 20 bytes`);
  }
  return bytesToHex(value);
}
