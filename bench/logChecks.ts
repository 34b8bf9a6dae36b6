import type { BlockReceipts } from "@assay/sdk";
import { createPublicClient, http, numberToHex } from "viem";
import type { TestChain } from "../test/fixtures/chain.ts";
import type { RpcCall } from "../test/fixtures/faultyRpc.ts";
import { wrongInReceipts } from "../worker/src/chain/checkReceipts.ts";
import { type ChainHabits, unknownHabits } from "../worker/src/chain/habits.ts";
import { type Header, readHeader } from "../worker/src/chain/header.ts";
import { headerHash } from "../worker/src/chain/headerHash.ts";

/** Times that each block is checked for the mean. */
const ROUNDS = 20;

export interface LogChecks {
  requests: number;
  /** Those for receipts, which nothing but checking asks for… */
  receiptRequests: number;
  /** …and those for logs that were asked for besides; without checks there was one for each head. */
  logRequests: number;
  heads: number;
  /** Of all requests that a node without checks would have made. May be negative. */
  moreRequestsShare: number;
  /** Of the processor's time that the node took. */
  cpuShare: number;
}

/**
 * What it cost a node to hold an honest endpoint's logs against the chain's hashes: requests by those that it made, time by that of the same
 * checks on the same blocks.
 * @param cpuSeconds - that the node took in all.
 */
export async function costOfLogChecks(
  { chain, marketplace, rpcUrl }: TestChain,
  calls: readonly RpcCall[],
  cpuSeconds: number,
): Promise<LogChecks> {
  const node = createPublicClient({ chain, transport: http(rpcUrl) });
  const asked = (method: string) => calls.filter((call) => call.method === method);
  const receipts = asked("eth_getBlockReceipts");
  const logRequests = asked("eth_getLogs").length;
  const head = await node.getBlock();
  const heads = Number(head.number);

  const headerMs = meanMs(() => headerHash(head));
  let receiptsMs = 0;
  for (const { params } of receipts) {
    const blockNumber = BigInt(String(params[0]));
    const { signal } = new AbortController();
    const header: Header = await readHeader({ public: node } as never, blockNumber, signal);
    const given = (await node.request({
      method: "eth_getBlockReceipts",
      params: [numberToHex(blockNumber)],
    } as never)) as BlockReceipts;
    const habits: ChainHabits = unknownHabits();
    receiptsMs += meanMs(() => wrongInReceipts(given, { header, marketplace, habits }));
  }
  const unchecked = calls.length - receipts.length - logRequests + heads;
  return {
    requests: calls.length,
    ...{ receiptRequests: receipts.length, logRequests, heads },
    moreRequestsShare: calls.length / unchecked - 1,
    cpuShare: (heads * headerMs + receiptsMs) / 1_000 / cpuSeconds,
  };
}

function meanMs(action: () => void): number {
  const begunAt = performance.now();
  for (let i = 0; i < ROUNDS; i++) action();
  return (performance.now() - begunAt) / ROUNDS;
}
