/** A submitted batch of a job with an arbiter, and the steps that put it in question. */
import { type Hex, keccak256, stringToHex } from "viem";
import {
  type Actor,
  type Arbiter,
  cid,
  commitmentOf,
  deployArbiter,
  ETHER,
  GENESIS,
  Ground,
  hashTerms,
  type Market,
  parameters,
  type Spec,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "./market.ts";
import { type Results, resultsOf } from "./results.ts";

export const SUBMITTED_AT = GENESIS + 2000;
export const FEE = 3_000_000_000_000_001n;
export const salt = keccak256(stringToHex("salt"));
export const manifest = cid("results", "dag-cbor");

/** 1/10000 of the stake, rounded down. */
export const part = (terms: Terms, bps: number) => (terms.stakePerBatch * BigInt(bps)) / 10_000n;

export type DisputeTuple = Parameters<Market["requester"]["write"]["resolve"]>[0][1];

export interface Court extends Market {
  arbiter: Arbiter;
  terms: Terms;
  job: Hex;
  spec: Spec;
  /** Those of batch 0. */
  results: Results;
  bond: bigint;
  demandBond: bigint;
  /** Prepares a challenge and makes it in the next block. */
  challenge(options?: ChallengeOptions): Promise<DisputeTuple>;
}

export interface ChallengeOptions {
  by?: Actor;
  batch?: number;
  position?: number;
  ground?: number;
  /** Time of the challenge, Unix seconds. */
  at?: number;
}

/** Batch 0 was submitted at {@link SUBMITTED_AT}; batches 1 and 2 are open. */
export async function startCourt(changes: Partial<Terms> = {}): Promise<Court> {
  const market = await startMarket();
  const { requester, worker } = market;
  const arbiter = await deployArbiter(market, FEE);
  const terms = termsOf(requester.address, { arbiter: arbiter.address, ...changes });
  const job = hashTerms(terms);
  const results = resultsOf(terms, 0);
  await requester.write.post([terms, spec], { value: terms.rewardPerTask * 10n });
  await worker.write.deposit({ value: ETHER });
  await worker.write.claim([terms, 0]);
  await market.at(SUBMITTED_AT);
  await worker.write.submit([job, 0, results.root, manifest]);

  const bond = part(terms, parameters.challengeBondBps);
  const court: Court = {
    ...market,
    arbiter,
    terms,
    job,
    spec,
    results,
    bond,
    demandBond: part(terms, parameters.demandBondBps),
    async challenge({
      by = market.rival,
      batch = 0,
      position = 1,
      ground = Ground.wrongResult,
      at,
    } = {}) {
      const tree = resultsOf(terms, batch);
      const { leaf, proof } = tree.open(position);
      await by.write.prepareChallenge([
        commitmentOf(by.address, job, batch, position, ground, salt),
      ]);
      if (at !== undefined) await market.at(at);
      const { events } = await market.receipt(
        by.write.challenge([terms, batch, leaf, proof, tree.root, ground, salt], {
          value: bond + FEE,
        }),
      );
      return disputeIn(events);
    },
  };
  return court;
}

export function disputeIn(events: readonly { eventName: string; args: object }[]): DisputeTuple {
  const args = events.find(({ eventName }) => eventName === "BatchChallenged")?.args;
  if (args === undefined || !("dispute" in args)) throw new Error("No challenge among the events");
  return args.dispute as DisputeTuple;
}
