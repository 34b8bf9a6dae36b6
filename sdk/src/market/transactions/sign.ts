import { type Hex, keccak256 } from "viem";
import type { Wallet } from "../context/marketContext.ts";
import type { Fees, StoredTransaction, TransactionVersion } from "../context/transactionStore.ts";

/** What a transaction says, whatever it offers for gas. */
export type Unsigned = Pick<StoredTransaction, "nonce" | "to" | "data" | "value" | "gas">;

/**
 * Signs a transaction, or signs it anew with other fees, without sending it; `undefined` when the account's key is in a wallet that
 * signs only what it sends itself.
 */
export async function sign(
  { account, chain }: Wallet,
  transaction: Unsigned,
  fees: Fees,
): Promise<TransactionVersion | undefined> {
  if (account.type !== "local") return undefined;
  const { nonce, to, data, value, gas } = transaction;
  const body = { chainId: chain.id, nonce, to, data, value, gas };
  const serializer = chain.serializers?.transaction;
  const options = serializer === undefined ? undefined : { serializer };
  const { maxFeePerGas, maxPriorityFeePerGas } = fees;
  const raw: Hex =
    maxPriorityFeePerGas === undefined
      ? await account.signTransaction({ ...body, type: "legacy", gasPrice: maxFeePerGas }, options)
      : await account.signTransaction(
          { ...body, type: "eip1559", maxFeePerGas, maxPriorityFeePerGas },
          options,
        );
  return { hash: keccak256(raw), raw, fees };
}
