import { type JobTerms, leastReward, type RefusalCode } from "@assay/sdk";
import type { Policy } from "../jobs/policy.ts";
import type { Refusal } from "../jobs/refusal.ts";
import { unitsOf, worthOf } from "../jobs/worth.ts";

/** What of an offer, or of a job's terms, a price depends on. */
export type PricedOffer = Pick<JobTerms, "token"> & {
  /** Tasks over which a batch's costs are spread: those of the smallest batch. */
  tasks: number;
};

/** What is known when a price is asked. */
export interface PriceContext {
  policy: Pick<Policy, "minRewardPerTaskWei" | "pricing" | "maxGasShare" | "tokens">;
  /** Fuel that a task of the program took here, or takes as the asker says; `undefined` if neither is known. */
  fuelPerTask: bigint | undefined;
  /** Share of the node's room that is taken, 0 to 1. */
  load: number;
  /** What a batch costs from its claim to its settlement, in wei: gas, and what a rollup charges for the data. */
  batchCostWei: bigint;
}

/** A price, and what it is made of: wei a task. */
export interface Price {
  /** What the node asks. */
  askedWei: bigint;
  /** What it asks when it has nothing else to do. */
  idleWei: bigint;
  /** Below this, a batch's costs take more of its reward than the policy allows. */
  floorWei: bigint;
}

/** Fuel is priced by so many units. */
export const GIGAFUEL = 1_000_000_000n;

/** A load is counted in so many parts. */
const PARTS = 1_000_000;

/**
 * A node's price of a task: the greater of its least reward and the price of its fuel, raised by its load, and never below what a batch costs.
 *
 * @returns a refusal, `FUEL`, if the node prices by fuel and nobody says how much a task takes.
 */
export function priceOf({ tasks }: PricedOffer, context: PriceContext): Price | Refusal {
  const { policy, fuelPerTask, load, batchCostWei } = context;
  const { weiPerGigafuel, loadMarkup } = policy.pricing;
  const { minRewardPerTaskWei, maxGasShare } = policy;
  if (weiPerGigafuel > 0n && fuelPerTask === undefined) {
    return refused("FUEL", "it prices by fuel, and has not measured a task of the program");
  }
  const ofFuel = divideUp((fuelPerTask ?? 0n) * weiPerGigafuel, GIGAFUEL);
  const own = larger(minRewardPerTaskWei, ofFuel);
  const floorWei = leastReward({ gasWei: batchCostWei, tasks, maxGasShare });
  const markup = BigInt(Math.round(Math.min(1, Math.max(0, load)) * loadMarkup * PARTS));
  const raised = own + divideUp(own * markup, BigInt(PARTS));
  return { askedWei: larger(raised, floorWei), idleWei: larger(own, floorWei), floorWei };
}

/**
 * What a node asks for a task of an offer, in the smallest unit of the offer's token.
 *
 * @returns a refusal if it has no price for it: `TOKEN`, `FUEL`.
 */
export function askedReward(offer: PricedOffer, context: PriceContext): bigint | Refusal {
  const price = priceOf(offer, context);
  if ("code" in price) return price;
  const units = unitsOf(context.policy, offer.token, price.askedWei);
  return (
    units ?? refused("TOKEN", `it pays in a token that this node does not take: ${offer.token}`)
  );
}

/**
 * Why a reward is not enough for this node; `undefined` if it is.
 * @param rewardPerTask - in the token's smallest unit.
 */
export function priceRefusal(
  offer: PricedOffer & { rewardPerTask: bigint },
  context: PriceContext,
): Refusal | undefined {
  const price = priceOf(offer, context);
  if ("code" in price) return price;
  const worth = worthOf(context.policy, offer.token, offer.rewardPerTask);
  if (worth === undefined)
    return refused("TOKEN", `it pays in a token that this node does not take: ${offer.token}`);
  if (worth >= price.askedWei) return undefined;
  if (worth < price.floorWei) return refused("GAS", "gas is too dear for its reward");
  if (worth < price.idleWei) return refused("REWARD", "the reward is too low");
  return refused("LOAD", "the reward is too low while this node is so busy");
}

/** The prices of a node, by what it knows of itself at the moment. */
export interface PricingPolicy {
  /**
   * @param tried - what a task of the program took here, or takes as the asker says.
   * @returns what the node asks for a task, in the smallest unit of the offer's token, or why it has no price.
   */
  askedReward(offer: SizedOffer, tried: TriedTask): Promise<bigint | Refusal>;
  /** Why the node does not work for this reward; `undefined` if it does. */
  refusalOf(
    offer: SizedOffer & { rewardPerTask: bigint },
    tried: TriedTask,
  ): Promise<Refusal | undefined>;
}

export type SizedOffer = Pick<JobTerms, "token" | "batchSize" | "taskCount">;

export interface TriedTask {
  taskFuel?: bigint | undefined;
}

export interface PricingParameters {
  policy: PriceContext["policy"];
  /** Share of the node's room that is taken. */
  load: () => number;
  /** What a batch costs, in wei, lately. */
  batchCost: () => Promise<bigint>;
}

/** Prices by the node's policy, its load, and what gas and data cost lately. */
export function createPricing({ policy, load, batchCost }: PricingParameters): PricingPolicy {
  const contextOf = async ({ taskFuel }: TriedTask): Promise<PriceContext> => ({
    ...{ policy, fuelPerTask: taskFuel, load: load() },
    batchCostWei: await batchCost(),
  });
  return {
    askedReward: async (offer, tried) => askedReward(sized(offer), await contextOf(tried)),
    refusalOf: async (offer, tried) => {
      const { rewardPerTask } = offer;
      return priceRefusal({ ...sized(offer), rewardPerTask }, await contextOf(tried));
    },
  };
}

/** The last batch may be smaller, and has to pay for itself, too. */
function sized({ token, batchSize, taskCount }: SizedOffer): PricedOffer {
  return { token, tasks: Math.max(1, taskCount % batchSize || batchSize) };
}

/** The share of a node's room that is taken, 0 to 1. */
export function loadOf(
  { maxBatchesAtOnce }: Pick<Policy, "maxBatchesAtOnce">,
  batches: number,
): number {
  return Math.min(1, batches / maxBatchesAtOnce);
}

function refused(code: RefusalCode, reason: string): Refusal {
  return { code, reason };
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function divideUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
