import { type BidDesk, openBidDesk, type Peer } from "@assay/network";
import type { MarketClient } from "@assay/sdk";
import { type Address, zeroAddress } from "viem";
import { fundOffer } from "../offers/fundOffer.ts";
import { type OpenedOffer, type OpenOfferParameters, openOffer } from "../offers/openOffer.ts";
import { AssaySetupError } from "./errors.ts";

/** Buys by offers. There is one desk: it takes the bids for all offers of the peer. */
export function offersOf(
  client: MarketClient,
  peer: Peer,
): (parameters: OpenOfferParameters) => Promise<OpenedOffer> {
  let desk: BidDesk | undefined;
  /** What offers may cost that are not taken yet, by token: they share the account's credit. */
  const promised = new Map<string, bigint>();
  const ofToken = (token: Address) => promised.get(token.toLowerCase()) ?? 0n;
  const promise = (token: Address, amount: bigint) => {
    promised.set(token.toLowerCase(), ofToken(token) + amount);
  };
  let funding = Promise.resolve();
  return async (parameters) => {
    const { offers, wallet } = client;
    const { market } = peer;
    if (offers === undefined) {
      throw new AssaySetupError(
        "No contract Offers is known on this chain: give its address as offers, or set ASSAY_OFFERS.",
      );
    }
    if (market === undefined || wallet?.account.type !== "local") {
      throw new AssaySetupError(
        "Workers bid to whoever speaks for the requester's account: give an account whose key is here, as account or by ASSAY_PRIVATE_KEY.",
      );
    }
    desk ??= openBidDesk({
      direct: market.direct,
      offers: { chainId: client.public.chain.id, offers },
    });
    // A contract's credit and rights are its owner's matter.
    if (parameters.requester !== undefined) return openOffer({ client, market, desk }, parameters);
    const { inputs, maxReward, token = zeroAddress, signal } = parameters;
    const amount = maxReward * BigInt(inputs.length);
    promise(token, amount);
    try {
      // One after the other: two would add the same amount.
      const funded = funding.then(() =>
        fundOffer(client, { token, amount: ofToken(token), signal }),
      );
      funding = funded.catch(() => {});
      await funded;
      const opened = await openOffer({ client, market, desk }, parameters);
      let isPosted = false;
      return {
        ...opened,
        async job(options) {
          const job = await opened.job(options);
          if (!isPosted) promise(token, -amount);
          isPosted = true;
          return job;
        },
      };
    } catch (error) {
      promise(token, -amount);
      throw error;
    }
  };
}
