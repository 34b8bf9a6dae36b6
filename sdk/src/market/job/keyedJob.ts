import type { Address, Hex } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { pause } from "../../concurrency/pause.ts";
import { cidOf } from "../../protocol/cid/cidOf.ts";
import { getPostedJobs, type PostedJob } from "../actions/read/getPostedJobs.ts";
import { partsBackwards } from "../chain/backwards.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { JobKeyUsedError } from "../errors/job.ts";

/** A key finds jobs that were posted so many seconds ago, by the chain's clock. */
const KEY_SECONDS = 7 * 86_400;

/** The salt of a job that has an idempotency key; a random one for a job without. */
export function saltOf(key: string | undefined): bigint {
  if (key === undefined) {
    const [salt = 0n] = crypto.getRandomValues(new BigUint64Array(1));
    return salt;
  }
  const { digest } = cidOf(new TextEncoder().encode(key)).multihash;
  return new DataView(digest.buffer, digest.byteOffset).getBigUint64(0);
}

/**
 * The job that the account has posted under a key, of the last week. A posting that was sent and that no block has yet is waited for: whoever
 * posts again at once, after a crash, would pay twice.
 */
export async function findKeyedJob(
  client: MarketContext,
  { requester, key, signal }: { requester: Address; key: string } & AbortOptions,
): Promise<PostedJob | undefined> {
  await untilMined(client, requester, signal);
  const salt = saltOf(key);
  const { public: node } = client;
  const newest = await abortable(node.getBlock(), signal);
  const oldest = newest.timestamp - BigInt(KEY_SECONDS);
  const whole = { fromBlock: client.deployedAt, toBlock: newest.number };
  for (const part of partsBackwards(client, whole)) {
    const { timestamp } = await abortable(node.getBlock({ blockNumber: part.toBlock }), signal);
    if (timestamp < oldest) return undefined;
    const jobs = await getPostedJobs(client, { ...part, signal });
    const found = jobs.findLast(
      (job) => job.terms.salt === salt && job.requester.toLowerCase() === requester.toLowerCase(),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

async function untilMined(
  { public: node, pollingIntervalMs }: MarketContext,
  address: Address,
  signal: AbortSignal | undefined,
): Promise<void> {
  const countAt = (blockTag: "latest" | "pending") =>
    abortable(node.getTransactionCount({ address, blockTag }), signal);
  while ((await countAt("pending")) > (await countAt("latest"))) {
    await pause(pollingIntervalMs, signal);
  }
}

/** @throws {@link JobKeyUsedError} when it is a job of another program, other inputs or other limits. */
export function checkKeyedJob(
  { jobId, terms }: PostedJob,
  { key, specHash }: { key: string; specHash: Hex },
): void {
  if (terms.specHash !== specHash) throw new JobKeyUsedError(key, jobId);
}
