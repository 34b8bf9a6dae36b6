import { BaseError, type Hex, HttpRequestError, RpcRequestError } from "viem";
import type { Wallet } from "../context/marketContext.ts";

/** What nodes say when they have the transaction, or one that took its place, already. */
const ALREADY_THERE = [
  /already known/i,
  /already imported/i,
  /already exists/i,
  /known transaction/i,
  /nonce (is )?too low/i,
];

export type BroadcastOutcome =
  /** The node has it. */
  | { sent: "yes" }
  /** The node did not answer: it may have it. */
  | { sent: "unknown"; error: unknown }
  | { sent: "no"; error: unknown };

/** Hands signed bytes to the node. To do so again changes nothing. */
export async function broadcast(wallet: Wallet, raw: Hex): Promise<BroadcastOutcome> {
  try {
    await wallet.sendRawTransaction({ serializedTransaction: raw });
    return { sent: "yes" };
  } catch (error) {
    if (!(error instanceof BaseError)) return { sent: "unknown", error };
    const refusal = error.walk((cause) => cause instanceof RpcRequestError);
    if (!(refusal instanceof RpcRequestError)) return { sent: "unknown", error };
    const says = `${refusal.details} ${refusal.shortMessage}`;
    if (ALREADY_THERE.some((pattern) => pattern.test(says))) return { sent: "yes" };
    // A gateway's refusal to pass it on is no answer about the transaction.
    const isGateway = error.walk((cause) => cause instanceof HttpRequestError) !== null;
    return { sent: isGateway || isBusy(refusal.code) ? "unknown" : "no", error };
  }
}

/** Over a limit of requests, or an error inside the endpoint. */
function isBusy(code: number): boolean {
  return code === 429 || code === -32_005 || code === -32_007;
}

/** Whether a node refused a transaction because it offers too little. */
export function isAboutFees(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const says = `${error.details} ${error.shortMessage}`;
  return /underpriced|fee|gas ?price/i.test(says) && !/insufficient (funds|balance)/i.test(says);
}
