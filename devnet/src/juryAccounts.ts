import type { JuryClient } from "@assay/sdk";
import type { Address } from "viem";
import { LocalnetError } from "./errors.ts";

/** A jury's money, as the chain's own events and state tell it. */
export interface JuryAccounts {
  /** What coherent jurors earned together, in wei. */
  earnedWei: bigint;
  /** What the JuryArbiter holds now. */
  balanceWei: bigint;
}

/**
 * Adds up what a jury was paid, and checks its books to the wei.
 * @param jurors - every account with stake or credit there.
 * @throws {@link LocalnetError} `BOOKS_DO_NOT_BALANCE`.
 */
export async function readJuryAccounts(
  jury: JuryClient,
  jurors: readonly Address[],
): Promise<JuryAccounts> {
  const toBlock = await jury.public.getBlockNumber({ cacheTime: 0 });
  let earnedWei = 0n;
  for (const event of await jury.getEvents({ fromBlock: 0n, toBlock })) {
    if (event.type === "disputeSettled") earnedWei += event.coherent * event.share;
  }
  let owedWei = 0n;
  for (const account of jurors) {
    owedWei += (await jury.getJuror({ account })).stake + (await jury.getCredit({ account }));
  }
  const balanceWei = await jury.public.getBalance({ address: jury.jury });
  if (balanceWei !== owedWei) {
    throw new LocalnetError(
      "BOOKS_DO_NOT_BALANCE",
      `The jury's books do not balance: it holds ${balanceWei} wei and owes ${owedWei}.`,
    );
  }
  return { earnedWei, balanceWei };
}
