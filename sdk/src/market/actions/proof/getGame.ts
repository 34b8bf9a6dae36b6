import type { Hex } from "viem";
import { type DisputeId, Ruling } from "../../../protocol/dispute/dispute.ts";
import type { ReadParameters } from "../../chain/read.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";
import { readProof } from "./call.ts";

export interface GetGameParameters extends ReadParameters {
  id: DisputeId;
}

const stages = ["none", "opened", "playing", "asking", "showing", "over"] as const;

/**
 * Where a dispute stands with a ProofArbiter. `none`: it was never opened. `opened`: the worker has to begin. `playing`: the party to move
 * answers the other's hashes, or proves a step. `asking`: the challenger has to name chunks. `showing`: the worker has to show them.
 */
export type GameStage = (typeof stages)[number];

export interface GetGameReturnType {
  stage: GameStage;
  /** None until the dispute is over. */
  ruling: Ruling;
  isChallengersTurn: boolean;
  /** The hashes posted last are of states 16^exponent steps apart. */
  exponent: number;
  /** What is left on the clocks, in seconds, when the party to move began to think. */
  workerLeft: number;
  challengerLeft: number;
  /** Since when the clock of the party to move runs: Unix seconds. It has lost in the second `since` + what is left. */
  since: number;
  /** The state that both agree on, right before the posted ones. */
  agreed: Hex;
  /** The hash of the posted hashes, which `Moved` has. */
  posted: Hex;
  /** The hash of the machine's root and of what the task's steps follow from. */
  setup: Hex;
}

export type GetGameErrorType = ChainDataError;

/** Reads where a dispute stands at the latest block. */
export async function getGame(
  client: ProofContext,
  { id, ...options }: GetGameParameters,
): Promise<GetGameReturnType> {
  const game = await readProof(client, "game", [id], options);
  const stage = stages[game.stage];
  const ruling = Object.values(Ruling).find((known) => known === game.ruling);
  if (stage === undefined || ruling === undefined) {
    throw new ChainDataError(`dispute ${id} has stage ${game.stage}, ruling ${game.ruling}`);
  }
  return { ...game, stage, ruling };
}
