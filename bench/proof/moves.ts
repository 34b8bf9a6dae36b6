import type { Trace } from "../../sdk/src/program/machine/index.ts";

/** Steps of the longest dispute that is looked at, and hashes of a move: ten moves. */
const LONGEST = 2n ** 40n;
const POSTED = 16;

export const seconds = (action: () => void) => {
  const started = performance.now();
  action();
  return (performance.now() - started) / 1_000;
};

/** All moves of both parties in one dispute, and the proof at its end, by one of them, in seconds. */
export function playMoves(trace: Trace, steps: bigint): number[] {
  const disputed = (steps * 2n) / 3n;
  const moves: number[] = [];
  let from = 0n;
  for (let spacing = LONGEST / BigInt(POSTED); spacing >= 1n; spacing /= BigInt(POSTED)) {
    const at = { from, spacing, count: POSTED };
    moves.push(seconds(() => void trace.hashes(at)));
    from += ((disputed - from) / spacing) * spacing;
  }
  moves.push(seconds(() => void trace.stepAfter(from)));
  return moves;
}
