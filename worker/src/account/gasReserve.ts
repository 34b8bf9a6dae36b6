import {
  BATCH_GAS,
  batchDataFee,
  type MarketClient,
  STEP_GAS,
  type StoredTransaction,
} from "@assay/sdk";
import type { Address } from "viem";
import { UNDER_WAY, WAITING } from "../store/batchState.ts";
import type { NodeStore } from "../store/nodeStore.ts";

/** Number of claims that were sent and are not mined. Each may become a batch. */
export function pendingClaims({ transactions }: Pick<NodeStore, "transactions">): number {
  const isPending = ({ action, minedIn }: StoredTransaction) =>
    action === "claim" && minedIn === undefined;
  return transactions.all().filter(isPending).length;
}

export interface GasReserve {
  /**
   * Gas and data of one more batch and of all that are claimed, in wei, if each transaction has to be replaced once; and gas of disputes
   * about them, at the current price.
   */
  neededWei: bigint;
  /** The account's balance, in wei. */
  availableWei: bigint;
}

/**
 * The balance that the account needs before it claims one more batch. A worker that cannot pay for a submission loses stake, and so does
 * one that cannot pay for its moves in a dispute.
 * @param defenceGas - gas of the worker's own steps in disputes that it has to expect.
 *
 * @throws FeeCapError if gas costs more than the node may offer.
 */
export async function readGasReserve(
  {
    client,
    account: address,
    store,
  }: {
    client: Pick<MarketClient, "public" | "getFees" | "relay">;
    account: Address;
    store: Pick<NodeStore, "batches" | "transactions">;
  },
  { defenceGas, signal }: { defenceGas: bigint; signal: AbortSignal },
): Promise<GasReserve> {
  // A relayer pays; what it takes for that is asked when it is due.
  if (client.relay !== undefined) return { neededWei: 0n, availableWei: 0n };
  const [{ reserveFeePerGas }, gasPriceWei, availableWei, dataFee] = await Promise.all([
    client.getFees({ signal }),
    client.public.getGasPrice(),
    client.public.getBalance({ address }),
    batchDataFee(client, signal),
  ]);
  const open = BigInt(store.batches(...UNDER_WAY).length + pendingClaims(store));
  const submitted = BigInt(store.batches(...WAITING).length);
  const owed = open * (STEP_GAS.submit + STEP_GAS.settle) + submitted * STEP_GAS.settle;
  const batchesWei = (BATCH_GAS + owed) * reserveFeePerGas + dataFee * (1n + open + submitted);
  return { neededWei: batchesWei + defenceGas * gasPriceWei, availableWei };
}
