import type { ProofClient } from "@assay/sdk";
import type { Address } from "viem";
import { LocalnetError } from "./errors.ts";

/** What games about disputed tasks took, as the chain's own events and state tell it. */
export interface ProofAccounts {
  games: number;
  /** Moves and proofs of all of them, and their gas, both parties together. */
  moves: number;
  gasUsed: bigint;
}

/**
 * Adds up what the games took, and checks the arbiter's books to the wei.
 * @param parties - every account that may have credit there.
 * @throws {@link LocalnetError} `BOOKS_DO_NOT_BALANCE`.
 */
export async function readProofAccounts(
  proof: ProofClient,
  parties: readonly Address[],
): Promise<ProofAccounts> {
  const toBlock = await proof.public.getBlockNumber({ cacheTime: 0 });
  const events = await proof.getEvents({ fromBlock: 0n, toBlock });
  const played = events.filter(({ type }) => type === "moved" || type === "decided");
  let gasUsed = 0n;
  for (const { transactionHash: hash } of played) {
    gasUsed += (await proof.public.getTransactionReceipt({ hash })).gasUsed;
  }
  let owedWei = 0n;
  for (const account of parties) owedWei += await proof.getCredit({ account });
  const balanceWei = await proof.public.getBalance({ address: proof.proof });
  if (balanceWei !== owedWei) {
    throw new LocalnetError(
      "BOOKS_DO_NOT_BALANCE",
      `The proof arbiter's books do not balance: it holds ${balanceWei} wei and owes ${owedWei}.`,
    );
  }
  const games = events.filter(({ type }) => type === "disputeOpened").length;
  return { games, moves: played.length, gasUsed };
}
