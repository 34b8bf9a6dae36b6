import { type Address, keccak256, stringToHex, zeroAddress } from "viem";
import {
  cid,
  ETHER,
  GENESIS,
  hashTerms,
  type Market,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "./market.ts";

export const CLAIMED_AT = GENESIS + 1000;
export const SUBMITTED_AT = GENESIS + 2000;
export const root = keccak256(stringToHex("results"));
export const results = cid("results", "dag-cbor");

export type PostedJob = Awaited<ReturnType<typeof postJob>>;

/** A market with a job of ten tasks, a worker and a rival with an ether at stake each. */
export async function postJob() {
  const market: Market = await startMarket();
  const terms: Terms = termsOf(market.requester.address);
  const job = hashTerms(terms);
  await market.requester.write.post([terms, spec], { value: terms.rewardPerTask * 10n });
  await market.worker.write.deposit({ value: ETHER });
  await market.rival.write.deposit({ value: ETHER });
  return {
    market,
    terms,
    job,
    stakeOf: (owner: Address) => market.read.account([owner]),
    creditOf: (owner: Address) => market.read.credit([owner, zeroAddress]),
    /** By the worker, in the second that the batch's number names. */
    async claim(batch: number): Promise<void> {
      await market.at(CLAIMED_AT + batch);
      await market.worker.write.claim([terms, batch]);
    },
    async submit(batch: number): Promise<void> {
      await market.at(SUBMITTED_AT + batch);
      await market.worker.write.submit([job, batch, root, results]);
    },
  };
}
