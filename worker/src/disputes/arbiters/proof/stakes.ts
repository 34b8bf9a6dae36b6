import { batchRange, type GetGameReturnType, type GetParametersReturnType } from "@assay/sdk";
import type { Policy } from "../../../jobs/policy.ts";
import { worthOf } from "../../../jobs/worth.ts";
import type { NodeContext } from "../../../kernel/context.ts";
import { challengerShare, shareOf } from "../../risk/risk.ts";
import type { PartyDispute } from "../arbiter.ts";

/**
 * Gas of a party's steps; `bench/proof` measures them: the worker's beginning, a move, the proof of the dearest step, a chunk that is shown,
 * and what comes behind: a time-out, the ruling carried out.
 */
const GAS = {
  begin: 200_000n,
  move: 70_000n,
  proof: 320_000n,
  ask: 120_000n,
  chunk: 270_000n,
  rest: 150_000n,
} as const;

/** Most moves of a party, of the twelve of a game of 2⁴⁰ steps. */
const MOST_MOVES = 6n;

/** Gas of a challenger from the opening to the ruling, at most. */
export const CHALLENGER_GAS = MOST_MOVES * GAS.move + GAS.proof + GAS.rest;

/** The same of a worker: it begins. To show chunks of a result takes more, which the challenger's bond pays. */
export const WORKER_GAS = GAS.begin + MOST_MOVES * GAS.move + GAS.proof + GAS.rest;

/** Gas that the party to move may still need, at most. */
export function gasLeft({
  stage,
  exponent,
}: Pick<GetGameReturnType, "stage" | "exponent">): bigint {
  // Every other move is the other party's.
  const moves = BigInt(Math.ceil(exponent / 2));
  switch (stage) {
    case "opened":
      return GAS.begin + MOST_MOVES * GAS.move + GAS.proof;
    case "playing":
      return moves * GAS.move + GAS.proof;
    case "asking":
      return GAS.ask + GAS.rest;
    case "showing":
      return 8n * GAS.chunk;
    default:
      return 0n;
  }
}

/** What a party loses by losing, and does not gain, in wei. */
export function atStake(
  { party, record, terms }: PartyDispute,
  {
    parameters,
    policy,
    isRoundOver,
  }: {
    parameters: GetParametersReturnType;
    policy: Policy;
    /** Whether the batch was taken from its worker on another question. */
    isRoundOver: boolean;
  },
): bigint {
  const { batch, bond, fee } = record.dispute;
  if (isRoundOver) return party === "challenger" ? bond + fee : bond / 2n + fee;
  if (party === "challenger") return bond + fee + challengerShare(terms, parameters, fee);
  const reward = terms.rewardPerTask * BigInt(batchRange(terms, batch).count);
  const slash = shareOf(terms.stakePerBatch, parameters.slashBps);
  // Half of a bond that is lost is the worker's.
  return slash + bond / 2n + fee + (worthOf(policy, terms.token, reward) ?? 0n);
}

/** Why a move that is due is not made at the current price of gas; `undefined` if it is to be made. */
export async function refusalToMove(
  { client, policy }: Pick<NodeContext, "client" | "policy">,
  partyDispute: PartyDispute,
  game: Pick<GetGameReturnType, "stage" | "exponent">,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { job: jobId, batch, round } = partyDispute.record.dispute;
  const [[state], parameters, gasPriceWei] = await Promise.all([
    client.getBatches({ jobId, first: batch, count: 1, signal }),
    client.getParameters({ signal }),
    client.public.getGasPrice(),
  ]);
  const isRoundOver = state !== undefined && state.inquiry.round > round;
  const stakeWei = atStake(partyDispute, { parameters, policy, isRoundOver });
  if (gasLeft(game) * gasPriceWei <= stakeWei) return undefined;
  return "gas costs more than what is at stake";
}
