import { type MarketClient, OffersRequiredError, type Right } from "@assay/sdk";
import { type Address, zeroAddress } from "viem";

export interface FundOfferParameters {
  /** Default: the zero address, the native coin. */
  token?: Address | undefined;
  /** What the offer may cost in all, in the token's smallest unit. */
  amount: bigint;
  signal?: AbortSignal | undefined;
}

const NEEDED: Right = "request";

/**
 * Sees to it that an offer can be taken: `Offers` has the account's right to post jobs in its name, and the account has so much credit. What is there
 * already is not paid again; offers that are open at the same time share it.
 */
export async function fundOffer(
  client: MarketClient,
  { token = zeroAddress, amount, signal }: FundOfferParameters,
): Promise<void> {
  const { offers } = client;
  if (offers === undefined) throw new OffersRequiredError("fundOffer");
  const rights = await client.getRights({ operator: offers, signal });
  if (!rights.includes(NEEDED)) {
    await client.setRights({ operator: offers, rights: [...rights, NEEDED], signal });
  }
  const credit = await client.getCredit({ token, signal });
  if (credit < amount) await client.addCredit({ token, amount: amount - credit, signal });
}
