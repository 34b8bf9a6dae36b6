import type { ReadStanding } from "@assay/network";
import type { MarketClient } from "@assay/sdk";
import { isAddressEqual } from "viem";
import type { NodeStore } from "../store/nodeStore.ts";

/** What stake is worth, and an escrow; a reputation of 100 % adds the rest of ten. */
const OF_STAKE = 2;
const OF_ESCROW = 2;
const OF_SCORE = 8;

/**
 * Reads what stands behind an account: its stake and reputation on the chain, or the escrow of a job that it has told of. Whoever posts
 * jobs has no stake, and need not have any.
 * @param store - the node's own, from its start on.
 */
export function standingReader(
  client: Pick<MarketClient, "getAccount">,
  store: () => Pick<NodeStore, "job"> | undefined,
): ReadStanding {
  return async (account, jobs) => {
    const { stake, score } = await client.getAccount({ account });
    if (stake > 0n) return OF_STAKE + (OF_SCORE * score) / 10_000;
    const isLive = jobs.some((jobId) => {
      const job = store()?.job(jobId);
      return (
        job !== undefined && job.state !== "closed" && isAddressEqual(job.terms.requester, account)
      );
    });
    return isLive ? OF_ESCROW : 0;
  };
}
