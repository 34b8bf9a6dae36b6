import { cidOf } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import {
  createExecution,
  firstExponent,
  machineOf,
  machineTask,
  type StepProof,
  spacingOf,
  type Trace,
} from "@assay/sdk/machine";
import { bytesToHex, type Hex, hexToBytes, keccak256, stringToHex } from "viem";
import { expect, test } from "vitest";
import { firstMove, hashAt, intervalOf, nextMove, type PostedMove } from "./moves.ts";

const source = `export function main(input: Uint8Array): Uint8Array {
  let sum: f64 = 0;
  for (let i = 0; i < input.length; i++) sum += Math.sqrt(<f64>input[i]);
  const result = new Uint8Array(8);
  store<f64>(result.dataStart, sum);
  return result;
}`;
const input = Uint8Array.of(4, 9);
const machine = machineOf(await compileProgram({ source, memoryPages: 64 }));
const task = machineTask({
  ...{ machine, maxSteps: 20_000n, maxResultBytes: 100 },
  input: { cid: cidOf(input), bytes: input },
});

/** All states of the task, and the proofs of its steps. */
const execution = createExecution(task);
const truth: Hex[] = [bytesToHex(execution.hash())];
const proofs: StepProof[] = [];
while (execution.ending === undefined) {
  const proof = execution.prove();
  proofs.push(proof);
  truth.push(bytesToHex(proof.after));
}
const ending = execution.ending;
const steps = proofs.length;

type Claim = (step: number) => Hex;
const honest: Claim = (step) => truth[Math.min(step, steps)] as Hex;
const lyingFrom =
  (first: number): Claim =>
  (step) =>
    step < first ? honest(step) : keccak256(stringToHex(`lie ${Math.min(step, steps)}`));

/** A party's trace, of whatever it claims. */
const traceOf = (claim: Claim): Trace => ({
  hashes: ({ from, spacing, count }) =>
    Array.from({ length: count }, (_, index) =>
      hexToBytes(claim(Number(from + spacing * BigInt(index + 1)))),
    ),
  stepAfter: (at) => proofs[Number(at)] ?? ending,
  end: () => ({ ending, steps: BigInt(steps) }),
});

/** Plays a game by the rules of the ProofArbiter. @returns who has won it, and in how many moves. */
function play(
  worker: Claim,
  challenger: Claim,
): { winner: "worker" | "challenger"; moves: number } {
  const exponent = firstExponent(task);
  const last = worker(Number(spacingOf(exponent + 1)));
  const begun = firstMove(traceOf(worker), { exponent, last });
  if (begun === undefined) throw new Error("a worker begins with what it says at the end");
  const moves: PostedMove[] = [{ exponent, index: 0, hashes: begun }];
  let agreed = honest(0);
  for (let isChallenger = true; ; isChallenger = !isChallenger) {
    const [self, other] = isChallenger
      ? (["challenger", "worker"] as const)
      : (["worker", "challenger"] as const);
    const interval = intervalOf(moves);
    const own = traceOf(isChallenger ? challenger : worker);
    expect(hashAt(own, interval.from)).toBe(agreed);
    const move = nextMove(own, interval);
    if (move.type === "concede") return { winner: other, moves: moves.length };
    agreed = move.index === 0 ? agreed : (interval.posted[move.index - 1] as Hex);
    if (move.type === "move") {
      expect(move.hashes.at(-1)).not.toBe(interval.posted[move.index]);
      moves.push({ exponent: interval.exponent - 1, index: move.index, hashes: move.hashes });
      continue;
    }
    expect(interval.exponent).toBe(0);
    const [before, after] =
      move.type === "prove"
        ? [bytesToHex(move.proof.before), bytesToHex(move.proof.after)]
        : [truth[steps], truth[steps]];
    // Nobody can prove a step from a state that was not.
    const isRight = before === agreed && after !== interval.posted[move.index];
    return { winner: isRight ? self : other, moves: moves.length };
  }
}

test("wherever a liar begins to lie, the other party wins", () => {
  expect(steps).toBeGreaterThan(200);
  for (let first = 1; first <= steps; first++) {
    expect(play(lyingFrom(first), honest)).toMatchObject({ winner: "challenger" });
    expect(play(honest, lyingFrom(first))).toMatchObject({ winner: "worker" });
  }
});

test("who lies in the middle alone, or behind the end, loses too", () => {
  const middle: Claim = (step) => (step === 50 ? keccak256("0x50") : honest(step));
  // A lie that no move shows harms nobody; then the challenger of a right result has nothing to say.
  expect(play(honest, middle).winner).toBe("worker");
  const behind: Claim = (step) => (step > steps ? keccak256("0x51") : honest(step));
  expect(play(behind, honest).winner).toBe("challenger");
  expect(play(honest, behind).winner).toBe("worker");
});

test("a worker that finds another end does not begin", () => {
  const exponent = firstExponent(task);
  expect(firstMove(traceOf(honest), { exponent, last: keccak256("0x00") })).toBeUndefined();
});

test("16 times the spacing of the first move is the least power of 16 that no execution exceeds", () => {
  const most = BigInt(machine.stepsPerFuel) * 20_000n + machine.slack + 512n;
  const exponent = firstExponent(task);
  expect(spacingOf(exponent + 1)).toBeGreaterThanOrEqual(most);
  expect(spacingOf(exponent)).toBeLessThan(most);
});

test("moves that do not follow from each other are refused", () => {
  const hashes = Array.from({ length: 16 }, () => keccak256("0x"));
  const first = { exponent: 3, index: 0, hashes };
  expect(() => intervalOf([])).toThrow(RangeError);
  expect(() => intervalOf([first, { ...first, exponent: 1 }])).toThrow(RangeError);
  expect(() => intervalOf([first, { exponent: 2, index: 16, hashes }])).toThrow(RangeError);
  expect(intervalOf([first, { exponent: 2, index: 3, hashes }])).toEqual({
    ...{ from: 3n * 16n ** 3n, exponent: 2, posted: hashes },
  });
});
