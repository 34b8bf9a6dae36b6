import { type Ending, type StepProof, spacingOf, type Trace } from "@assay/sdk/machine";
import { bytesToHex, type Hex } from "viem";

/** States of which a move posts the hashes; `contracts/proof/ProofArbiter.sol` has the same. */
export const HASHES_A_MOVE = 16;

/** Hashes that a party has posted, of states 16^`exponent` steps apart. */
export interface PostedMove {
  exponent: number;
  /** The first of the other party's hashes that it disputes; 0 in the first move. */
  index: number;
  hashes: readonly Hex[];
}

/** What is left to disagree about: the states behind one that both parties have posted. */
export interface Interval {
  /** Steps up to the agreed state. */
  from: bigint;
  exponent: number;
  /** What the other party says of the states from there on. */
  posted: readonly Hex[];
}

export type NextMove =
  | ({ type: "move" } & Pick<PostedMove, "index" | "hashes">)
  /** The states are a step apart: the chain carries this one out. */
  | { type: "prove"; index: number; proof: StepProof }
  /** The task has ended before that step: it stays as it is. */
  | { type: "proveEnded"; index: number; ending: Ending }
  /** The other party is right as far as it has said something: there is nothing to dispute. */
  | { type: "concede" };

/**
 * Where all moves of a game have led to.
 *
 * @throws RangeError when they do not follow from each other, as those of a game do.
 */
export function intervalOf(moves: readonly PostedMove[]): Interval {
  let from = 0n;
  for (const [number, { exponent, index }] of moves.entries()) {
    const before = moves[number - 1];
    if (before === undefined) continue;
    const follows = exponent === before.exponent - 1 && index >= 0 && index < HASHES_A_MOVE;
    if (!follows) throw new RangeError(`move ${number} of the game does not follow from the last`);
    from += BigInt(index) * spacingOf(before.exponent);
  }
  const latest = moves.at(-1);
  if (latest === undefined) throw new RangeError("the game has no move");
  return { from, exponent: latest.exponent, posted: latest.hashes };
}

/** The hashes of a move of this exponent, behind a state. */
function hashesBehind(trace: Trace, from: bigint, exponent: number): Hex[] {
  const spaced = { from, spacing: spacingOf(exponent), count: HASHES_A_MOVE };
  return trace.hashes(spaced).map((hash) => bytesToHex(hash));
}

/**
 * The worker's first move.
 * @param last - the hash of the state that its result stands for.
 * @returns `undefined` when the task ends otherwise: then the worker is wrong.
 */
export function firstMove(
  trace: Trace,
  { exponent, last }: { exponent: number; last: Hex },
): Hex[] | undefined {
  const hashes = hashesBehind(trace, 0n, exponent);
  return hashes.at(-1) === last ? hashes : undefined;
}

/** What the party to move does: it disputes the first state that is not as the other party says. */
export function nextMove(trace: Trace, { from, exponent, posted }: Interval): NextMove {
  const own = hashesBehind(trace, from, exponent);
  const index = own.findIndex((hash, at) => hash !== posted[at]);
  if (index < 0) return { type: "concede" };
  const agreed = from + BigInt(index) * spacingOf(exponent);
  if (exponent > 0) {
    return { type: "move", index, hashes: hashesBehind(trace, agreed, exponent - 1) };
  }
  const step = trace.stepAfter(agreed);
  return "outcome" in step
    ? { type: "proveEnded", index, ending: step }
    : { type: "prove", index, proof: step };
}

/** The hash of the state behind so many steps. */
export function hashAt(trace: Trace, steps: bigint): Hex {
  // The state before the first step is behind none.
  const spaced =
    steps === 0n
      ? { from: 0n, spacing: 0n, count: 1 }
      : { from: steps - 1n, spacing: 1n, count: 1 };
  const [hash] = trace.hashes(spaced);
  if (hash === undefined) throw new RangeError("a trace gives as many hashes as it is asked for");
  return bytesToHex(hash);
}
