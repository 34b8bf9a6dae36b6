import type { Address } from "viem";
import { ZERO_ADDRESS } from "../hashes/hex.ts";
import type { Award, Offer } from "./offer.ts";

/** Whose turn it is to claim an awarded batch: nobody's yet, the winner's, the backup's, or everybody's. */
export type Turn = "early" | "winner" | "backup" | "open";

/** The times of an award. */
export interface AwardTimes extends Pick<Award, "winner" | "backup" | "from"> {
  turnSeconds: number;
  submitWindowSeconds: number;
}

export function awardTimes(
  { winner, backup, from }: Pick<Award, "winner" | "backup" | "from">,
  { turnSeconds, terms }: Pick<Offer, "turnSeconds" | "terms">,
): AwardTimes {
  const { submitWindowSeconds } = terms;
  return { winner, backup, from, turnSeconds, submitWindowSeconds };
}

/**
 * Whose turn it is at this second (Unix time). The winner's turn comes first, then the backup's, then everybody's. A claim of the winner that
 * died is overdue `submitWindowSeconds` after it was made: from the first such second until a turn after the last one, the batch is the
 * backup's again.
 */
export function turnAt(
  { backup, from, turnSeconds, submitWindowSeconds }: AwardTimes,
  second: number,
): Turn {
  const since = second - from;
  if (since < 0) return "early";
  if (since < turnSeconds) return "winner";
  if (isNobody(backup)) return "open";
  if (since < 2 * turnSeconds) return "backup";
  const overdue = since - submitWindowSeconds;
  return overdue >= 0 && overdue < 2 * turnSeconds ? "backup" : "open";
}

/** The part of an account in an award. */
export function partIn(
  { winner, backup }: AwardTimes,
  account: Address,
): "winner" | "backup" | undefined {
  if (isSame(winner, account)) return "winner";
  return isSame(backup, account) && !isNobody(backup) ? "backup" : undefined;
}

/** The first second from `second` on (Unix time) at which the account may claim. */
export function nextTurn(times: AwardTimes, account: Address, second: number): number {
  const part = partIn(times, account);
  const candidates = [second, ...changesOf(times).filter((at) => at > second)];
  const fits = (at: number) => {
    const turn = turnAt(times, at);
    return turn === "open" || turn === part;
  };
  // After the last change it is everybody's turn.
  return candidates.find(fits) ?? second;
}

/** The first and the last second (Unix time) of the turn that runs at `second`; the last is infinite when it is everybody's for good. */
export function turnBounds(times: AwardTimes, second: number): { first: number; last: number } {
  const changes = changesOf(times);
  const turn = turnAt(times, second);
  const before = changes.filter((at) => at <= second && turnAt(times, at - 1) !== turn);
  const after = changes.filter((at) => at > second && turnAt(times, at) !== turn);
  return { first: before.at(-1) ?? Number.NEGATIVE_INFINITY, last: (after[0] ?? Infinity) - 1 };
}

/** Seconds at which another turn may begin, in order. */
function changesOf({ from, turnSeconds, submitWindowSeconds }: AwardTimes): number[] {
  const overdue = from + submitWindowSeconds;
  const changes = [from, from + turnSeconds, from + 2 * turnSeconds];
  return [...changes, overdue, overdue + 2 * turnSeconds].sort((a, b) => a - b);
}

const isSame = (one: Address, other: Address) => one.toLowerCase() === other.toLowerCase();
const isNobody = (account: Address) => isSame(account, ZERO_ADDRESS);
