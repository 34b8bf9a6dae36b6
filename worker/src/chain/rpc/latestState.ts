import { type Hex, hexToBigInt, numberToHex } from "viem";
import type { RpcCall } from "./endpoint.ts";

/** The position of the block in the parameters of methods that read the state. */
const BLOCK_AT: Record<string, number> = {
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getStorageAt: 2,
  eth_getTransactionCount: 1,
};

/** Whether a call reads the state at the latest block, whichever that is. */
export function readsLatestState({ method, params }: RpcCall): boolean {
  const at = BLOCK_AT[method];
  if (at === undefined || !Array.isArray(params)) return false;
  return (params[at] ?? "latest") === "latest";
}

/** The same call, on the state at this block. */
export function readingAt({ method, params }: RpcCall, block: bigint): RpcCall {
  const at = BLOCK_AT[method];
  if (at === undefined || !Array.isArray(params)) return { method, params };
  const filled = Array.from({ length: Math.max(params.length, at + 1) }, (_, i) => params[i]);
  return { method, params: filled.with(at, numberToHex(block)) };
}

export function asksForHead({ method, params }: RpcCall): boolean {
  if (method === "eth_blockNumber") return true;
  return method === "eth_getBlockByNumber" && Array.isArray(params) && params[0] === "latest";
}

/** Whether `null` says that a transaction, or its receipt, is not there. */
export function isAboutTransaction({ method }: RpcCall): boolean {
  return method === "eth_getTransactionReceipt" || method === "eth_getTransactionByHash";
}

/** The block that the endpoint has, as shown by its answer: a head, a block, a receipt or a transaction. */
export function blockShown({ method }: RpcCall, result: unknown): bigint | undefined {
  if (method === "eth_blockNumber") return toNumber(result);
  if (typeof result !== "object" || result === null) return undefined;
  if (method === "eth_getBlockByNumber") return toNumber((result as { number?: unknown }).number);
  if (method === "eth_getTransactionReceipt") {
    return toNumber((result as { blockNumber?: unknown }).blockNumber);
  }
  return undefined;
}

/** The block that a call names by its number. Without that block the answer is `null`. */
export function blockNamed({ method, params }: RpcCall): bigint | undefined {
  if (method !== "eth_getBlockByNumber" || !Array.isArray(params)) return undefined;
  return toNumber(params[0]);
}

/** The last block of a log range, if the call names it. */
export function lastBlockOfLogs({ method, params }: RpcCall): bigint | undefined {
  if (method !== "eth_getLogs" || !Array.isArray(params)) return undefined;
  return toNumber((params[0] as { toBlock?: unknown } | undefined)?.toBlock);
}

/** Whether a call asks for the logs of several blocks. */
export function asksForLogRange({ method, params }: RpcCall): boolean {
  if (method !== "eth_getLogs" || !Array.isArray(params)) return false;
  const { fromBlock, toBlock } = (params[0] ?? {}) as { fromBlock?: unknown; toBlock?: unknown };
  return toBlock !== undefined && fromBlock !== toBlock;
}

function toNumber(value: unknown): bigint | undefined {
  return typeof value === "string" && /^0x[0-9a-f]+$/i.test(value)
    ? hexToBigInt(value as Hex)
    : undefined;
}
