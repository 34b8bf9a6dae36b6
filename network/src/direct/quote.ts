import type { AskedJob, WorkerQuote } from "@assay/sdk";
import { asCount, asRecord, bytesToHex, hexToBytes } from "@assay/sdk/protocol";
import { CID } from "multiformats/cid";
import { plainText } from "../wire/fields.ts";
import type { AskOptions, Direct } from "./direct.ts";

/** The kind of question by which a worker is asked what it thinks of a job. */
export const QUOTE = "quote";

/**
 * Asks a peer what it thinks of a job.
 *
 * @throws {@link PeerSilentError} {@link PeerRefusedError}; `TypeError` when the answer is none.
 */
export async function askQuote(
  direct: Pick<Direct, "ask">,
  peerId: string,
  job: AskedJob,
  options: AskOptions = {},
): Promise<WorkerQuote> {
  const { body } = await direct.ask(peerId, QUOTE, askedFields(job), options);
  const fields = asRecord(body, [
    ...(["isTaken", "code", "reason", "freeBatches", "taskMs"] as const),
    ...(["minRewardPerTaskWei", "askedRewardPerTask", "job"] as const),
  ]);
  const { isTaken, code, reason } = fields ?? {};
  if (fields === undefined || typeof isTaken !== "boolean" || !isText(code) || !isText(reason)) {
    throw new TypeError(`${peerId} sent no quote`);
  }
  return {
    ...{ isTaken, code: shortened(code), reason: shortened(reason) },
    freeBatches: countOf(fields.freeBatches, "freeBatches"),
    taskMs: fields.taskMs === null ? null : countOf(fields.taskMs, "taskMs"),
    minRewardPerTaskWei: weiOf(fields.minRewardPerTaskWei, "minRewardPerTaskWei"),
    askedRewardPerTask:
      fields.askedRewardPerTask === null
        ? null
        : weiOf(fields.askedRewardPerTask, "askedRewardPerTask"),
    job: fields.job === null ? null : ownJobOf(fields.job),
  };
}

/** A quote as it is sent. */
export function quoteFields({ minRewardPerTaskWei, askedRewardPerTask, ...quote }: WorkerQuote) {
  return {
    ...quote,
    minRewardPerTaskWei: minRewardPerTaskWei.toString(),
    askedRewardPerTask: askedRewardPerTask?.toString() ?? null,
  };
}

/**
 * Reads the question.
 *
 * @throws TypeError, which the asker is told.
 */
export function readAskedJob(body: unknown): AskedJob {
  const fields = asRecord(body, [
    ...(["batchSize", "program", "memoryPages", "maxResultBytes", "requester"] as const),
    ...(["token", "arbiter", "rewardPerTask", "stakePerBatch", "jobId"] as const),
    ...(["fuelPerTask", "submitWindowSeconds"] as const),
  ]);
  const program = CID.asCID(fields?.program);
  if (fields === undefined || program === null) throw new TypeError("the question names no job");
  return {
    program,
    batchSize: countOf(fields.batchSize, "batchSize"),
    memoryPages: countOf(fields.memoryPages, "memoryPages"),
    maxResultBytes: countOf(fields.maxResultBytes, "maxResultBytes"),
    requester: hexOf(fields.requester, 20, "requester"),
    token: hexOf(fields.token, 20, "token"),
    arbiter: hexOf(fields.arbiter, 20, "arbiter"),
    rewardPerTask: weiOf(fields.rewardPerTask, "rewardPerTask"),
    stakePerBatch: weiOf(fields.stakePerBatch, "stakePerBatch"),
    submitWindowSeconds:
      fields.submitWindowSeconds === null
        ? undefined
        : countOf(fields.submitWindowSeconds, "submitWindowSeconds"),
    jobId: fields.jobId === null ? undefined : hexOf(fields.jobId, 32, "jobId"),
    fuelPerTask: fields.fuelPerTask === null ? undefined : weiOf(fields.fuelPerTask, "fuelPerTask"),
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
    jobId: job.jobId === undefined ? null : hexToBytes(job.jobId),
    fuelPerTask: job.fuelPerTask?.toString() ?? null,
    submitWindowSeconds: job.submitWindowSeconds ?? null,
  };
}

function ownJobOf(value: unknown): WorkerQuote["job"] {
  const { state, reason } = asRecord(value, ["state", "reason"]) ?? {};
  if (typeof state !== "string" || !isText(reason)) throw new TypeError("job is none");
  return { state: plainText(state, 20), reason: shortened(reason) };
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function shortened(text: string | null): string | null {
  return text === null ? null : plainText(text, 200);
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

function hexOf(value: unknown, byteLength: number, name: string) {
  if (!(value instanceof Uint8Array) || value.length !== byteLength) {
    throw new TypeError(`${name} is not ${byteLength} bytes`);
  }
  return bytesToHex(value);
}
