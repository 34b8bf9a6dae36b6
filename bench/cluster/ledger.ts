import { type JobHandle, type JobId, marketplaceAbi } from "@assay/sdk";
import { createPublicClient, decodeFunctionData, http } from "viem";
import type { TestChain } from "../../test/fixtures/chain.ts";

/** A job that was posted, and what is known of it. */
export interface Posted {
  job: JobHandle;
  inputs: readonly Uint8Array[];
  /** Of the tasks whose results were fetched, verified, and as they should be. */
  right: Set<number>;
  /** From its posting until the last of them was here. */
  seconds?: number;
}

export interface Books {
  /** Tasks whose result is not here, or for which nobody was paid. */
  lost: number;
  /** Tasks that were paid for more than once. */
  paidTwice: number;
  claimed: number;
  /** Claims whose deadline was missed. */
  expired: number;
  /** Own transactions of the nodes that failed, by what they called. */
  reverted: Record<string, number>;
}

/** What the chain says of the jobs, by its events and receipts from the first block on. */
export async function readBooks(
  { chain, rpcUrl, marketplace }: TestChain,
  posted: readonly Posted[],
): Promise<Books> {
  const client = createPublicClient({ chain, transport: http(rpcUrl) });
  const common = { address: marketplace, abi: marketplaceAbi, fromBlock: 0n } as const;
  const settled = await client.getContractEvents({ ...common, eventName: "BatchSettled" });
  const claimed = await client.getContractEvents({ ...common, eventName: "BatchClaimed" });
  const expired = await client.getContractEvents({ ...common, eventName: "BatchExpired" });
  const payments = new Map<string, number>();
  const key = (job: JobId | undefined, batch: number | undefined) => `${job}/${batch}`;
  for (const { args } of settled) {
    const of = key(args.job as JobId, args.batch);
    payments.set(of, (payments.get(of) ?? 0) + 1);
  }
  let lost = 0;
  let paidTwice = 0;
  for (const { job, inputs, right } of posted) {
    const { batchSize } = job.terms;
    for (const position of inputs.keys()) {
      const paid = payments.get(key(job.jobId, Math.floor(position / batchSize))) ?? 0;
      if (paid === 0 || !right.has(position)) lost++;
      if (paid > 1) paidTwice++;
    }
  }
  const reverted = await countReverted(client, marketplace);
  return { lost, paidTwice, claimed: claimed.length, expired: expired.length, reverted };
}

async function countReverted(
  client: ReturnType<typeof createPublicClient>,
  marketplace: string,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const last = await client.getBlockNumber();
  for (let blockNumber = 0n; blockNumber <= last; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const { hash, to, input } of transactions) {
      if (to?.toLowerCase() !== marketplace.toLowerCase()) continue;
      const { status } = await client.getTransactionReceipt({ hash });
      if (status !== "reverted") continue;
      const { functionName } = decodeFunctionData({ abi: marketplaceAbi, data: input });
      counts[functionName] = (counts[functionName] ?? 0) + 1;
    }
  }
  return counts;
}
