import type { DisputeId, GetGameReturnType, Hashes, ProofClient } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { concatHex, keccak256 } from "viem";
import { MovesBehindError } from "./errors.ts";
import { type Interval, intervalOf, type PostedMove } from "./game/moves.ts";

export interface PlayedInterval extends Interval {
  posted: Hashes;
}

/**
 * What a game has come to: its moves, from the chain's events.
 *
 * @throws {@link MovesBehindError} when the events are not those of the game's state: the endpoint lags, or leaves some out.
 */
export async function readInterval(
  proof: Pick<ProofClient, "getEvents" | "public">,
  { id, fromBlock }: { id: DisputeId; fromBlock: bigint },
  game: Pick<GetGameReturnType, "exponent" | "posted">,
  signal: AbortSignal,
): Promise<PlayedInterval> {
  const toBlock = await abortable(proof.public.getBlockNumber({ cacheTime: 0 }), signal);
  const events = await proof.getEvents({ id, fromBlock, toBlock, signal });
  const moves = events.flatMap((event): PostedMove[] => (event.type === "moved" ? [event] : []));
  const latest = moves.at(-1);
  const isWhole =
    latest?.exponent === game.exponent && keccak256(concatHex(latest.hashes)) === game.posted;
  if (!isWhole) throw new MovesBehindError();
  try {
    return intervalOf(moves) as PlayedInterval;
  } catch (cause) {
    if (cause instanceof RangeError) throw new MovesBehindError({ cause });
    throw cause;
  }
}
