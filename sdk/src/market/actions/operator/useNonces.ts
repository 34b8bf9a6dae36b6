import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";

export interface UseNoncesParameters extends WriteParameters {
  /** Which 256 nonces: those from `256 · word` on. */
  word: bigint;
  /** A bit for each of them that is to be good for no signed call any more. */
  mask: bigint;
}

export type UseNoncesReturnType = WriteReturnType;

export type UseNoncesErrorType = WriteErrorType;

/** Rules out nonces of the account: calls that it signed with them cannot be brought any more. */
export async function useNonces(
  client: MarketContext,
  { word, mask, signal }: UseNoncesParameters,
): Promise<UseNoncesReturnType> {
  const call = { functionName: "useNonces", args: [word, mask] } as const;
  return transactionOf(await write(client, call, { signal }));
}
