/** A submitted batch of a job with an arbiter, and the steps that put it in question. */
import {
  encodeAbiParameters,
  getAbiItem,
  type Hex,
  keccak256,
  stringToHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
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
  type Question,
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

/** The leaf that a challenger says is right: not the worker's, and not that of another task. */
export const answerTo = (position: number) => keccak256(stringToHex(`answer ${position}`));

export type DisputeTuple = Parameters<Market["requester"]["write"]["resolve"]>[0][1];

const [, disputeType] = getAbiItem({ abi: marketplaceAbi, name: "resolve" }).inputs;
export const idOf = (dispute: DisputeTuple) =>
  keccak256(encodeAbiParameters([disputeType], [dispute]));

export interface QuestionOptions {
  batch?: number;
  position?: number;
  /** A wrong result, if nothing is said. */
  ground?: number;
  answer?: Hex;
  resultRoot?: Hex;
  salt?: Hex;
}

export interface AskOptions extends QuestionOptions {
  by?: Actor;
  /** Time of the question, Unix seconds; it is prepared in the second before. If nothing is said: in the next blocks. */
  at?: number;
}

export interface Court extends Market {
  arbiter: Arbiter;
  terms: Terms;
  job: Hex;
  /** Those of batch 0. */
  results: Results;
  /** Of a first challenge, without the arbiter's fee. */
  bond: bigint;
  /** Of a first demand. */
  demandBond: bigint;
  /** A question that fits, but for what is said. */
  question(options?: QuestionOptions): Question;
  /** Pays `value` behind a question: the bond of a first challenge, if nothing is said. */
  prepare(by: Actor, question: Question, value?: bigint): Promise<Hex>;
  /** Prepares a challenge and makes it, for what it takes. */
  challenge(options?: AskOptions): Promise<DisputeTuple>;
  /** Prepares a demand and makes it, for what it takes; the rest of what was prepared is credited. Its number. */
  demand(options?: AskOptions): Promise<number>;
  /** In coins, wei. */
  creditOf(owner: Hex): Promise<bigint>;
}

/** Batch 0 was submitted at {@link SUBMITTED_AT}; batches 1 and 2 are open. */
export async function startCourt(
  changes: Partial<Terms> = {},
  rules: Partial<typeof parameters> = {},
): Promise<Court> {
  const market = await startMarket(rules);
  const { requester, worker, rival, read } = market;
  const arbiter = await deployArbiter(market, FEE);
  const terms = termsOf(requester.address, { arbiter: arbiter.address, ...changes });
  const job = hashTerms(terms);
  const results = resultsOf(terms, 0);
  await requester.write.post([terms, spec], {
    value: terms.rewardPerTask * BigInt(terms.taskCount),
  });
  await worker.write.deposit({ value: ETHER });
  await worker.write.claim([terms, 0]);
  await market.at(SUBMITTED_AT);
  await worker.write.submit([job, 0, results.root, manifest]);

  const { challengeBondBps, demandBondBps } = { ...parameters, ...rules };
  const bond = part(terms, challengeBondBps);
  const demandBond = part(terms, demandBondBps);

  const question: Court["question"] = ({
    batch = 0,
    position = 1,
    ground = Ground.wrongResult,
    answer = ground === Ground.wrongResult ? answerTo(position) : zeroHash,
    resultRoot = resultsOf(terms, batch).root,
    salt: chosen = salt,
  } = {}) => ({ job, batch, position, ground, resultRoot, answer, salt: chosen });

  const prepare: Court["prepare"] = async (by, asked, value = bond) => {
    const commitment = commitmentOf(by.address, asked);
    await by.write.prepare([commitment], { value });
    return commitment;
  };

  /** What is asked, prepared, and how often the like was asked of this worker before. */
  async function ready({ by = rival, at, ...options }: AskOptions) {
    const asked = question(options);
    if (at !== undefined) await market.at(at - 1);
    await prepare(by, asked);
    if (at !== undefined) await market.at(at);
    const [batch] = await read.batches([job, asked.batch, 1]);
    if (batch === undefined) throw new Error(`There is no batch ${asked.batch}`);
    return { by, asked, inquiry: batch.inquiry };
  }

  return {
    ...market,
    arbiter,
    terms,
    job,
    results,
    bond,
    demandBond,
    question,
    prepare,
    async challenge(options = {}) {
      const { by, asked, inquiry } = await ready(options);
      const { leaf, proof } = resultsOf(terms, asked.batch).open(asked.position);
      const number = BigInt(inquiry.challenges) + 1n;
      const value = number * number * (bond + FEE) - bond;
      const { events } = await market.receipt(
        by.write.challenge([terms, asked, leaf, proof], { value }),
      );
      return disputeIn(events);
    },
    async demand(options = {}) {
      const { by, asked, inquiry } = await ready({ ...options, ground: Ground.none });
      const number = inquiry.demands + 1;
      const short = BigInt(number) * demandBond - bond;
      await by.write.demand([terms, asked], { value: short > 0n ? short : 0n });
      return number;
    },
    creditOf: (owner) => read.credit([owner, zeroAddress]),
  };
}

export function disputeIn(events: readonly { eventName: string; args: object }[]): DisputeTuple {
  const args = events.find(({ eventName }) => eventName === "BatchChallenged")?.args;
  if (args === undefined || !("dispute" in args)) throw new Error("No challenge among the events");
  return args.dispute as DisputeTuple;
}
