import {
  type AbortOptions,
  createMarketClient,
  type JobHandle,
  type MarketClient,
  memoryContent,
  Outcome,
  putBytes,
  writeResultManifest,
} from "@assay/sdk";
import { type Account, type Address, type Chain, http } from "viem";
import type { LocalProgram } from "../../../shared/src/programs/localProgram.ts";

/** The payment of one client. */
export interface Payout {
  client: number;
  account: Account;
  wei: bigint;
  /** The record of its contributions, which it is handed. */
  record: Uint8Array;
}

export interface PaidClient {
  client: number;
  address: Address;
  wei: bigint;
  job: JobHandle;
  market: MarketClient;
}

/**
 * Pays every client its share through the Marketplace. The Marketplace pays only for settled tasks. So each share is the reward of a
 * job of one task, the receipt. Only the client gets its program and input: no peer serves these blocks, and nodes fetch what a task needs
 * before they claim it, so no node claims it. The client claims the task with its own stake and submits the result; after the challenge
 * window the share is its credit. Once the task is claimed, the coordinator cannot take the share back.
 */
export async function payClients(
  payouts: readonly Payout[],
  {
    requester,
    chain,
    rpcUrl,
    receipt,
    program,
    pollingIntervalMs,
    onPaid,
    signal,
  }: {
    requester: Account;
    chain: Chain;
    rpcUrl: string;
    receipt: Uint8Array;
    program: LocalProgram;
    pollingIntervalMs: number;
    onPaid?: (payout: Payout) => void;
  } & AbortOptions,
  marketplace: Address,
): Promise<PaidClient[]> {
  const clientOf = (account: Account, content = memoryContent()) =>
    createMarketClient({
      chain,
      transport: http(rpcUrl),
      account,
      marketplace,
      content,
      pollingIntervalMs,
    });
  // Handed over, not published.
  const handed = memoryContent();
  const coordinator = clientOf(requester, handed);
  const { minStakePerBatch } = await coordinator.getParameters();
  return Promise.all(
    payouts.map(async (payout) => {
      const { client, account, wei, record } = payout;
      const market = clientOf(account, handed);
      await market.deposit({ amount: minStakePerBatch, signal });
      const job = await coordinator.submitJob({
        program: receipt,
        inputs: [record],
        rewardPerTask: wei,
        signal,
        stakePerBatch: minStakePerBatch,
        batchSize: 1,
      });
      await market.claim({ terms: job.terms, batch: 0, signal });
      const bytes = program.run(record);
      const cid = await putBytes(handed, bytes, { signal });
      const manifest = await writeResultManifest(
        handed,
        [{ outcome: Outcome.ok, cid, byteLength: bytes.length }],
        { first: 0, signal },
      );
      const { cid: results, root: resultRoot } = manifest;
      await market.submit({ jobId: job.jobId, batch: 0, resultRoot, results, signal });
      onPaid?.(payout);
      return { client, address: account.address, wei, job, market };
    }),
  );
}
