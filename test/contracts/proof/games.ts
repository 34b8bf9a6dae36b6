/** Games between an honest party and one that stops at nothing. */
import { bytesToHex, type Hex, keccak256, toHex } from "viem";
import {
  doneHash,
  type Ending,
  machineArgument,
  stateArgument,
  taskArgument,
} from "../../../sdk/src/program/machine/index.ts";
import { fromChainCid } from "../../../sdk/src/protocol/cid/chainCid.ts";
import { Outcome, outcomeCode, type ResultEntry } from "../../../sdk/src/protocol/job/job.ts";
import type { Random } from "../../fixtures/random.ts";
import type { Claim, Course, Lie } from "./liars.ts";
import { truthOf } from "./liars.ts";
import {
  CLOCK_SECONDS,
  lastOf,
  openDispute,
  POSTED,
  Ruling,
  rulingOf,
  type Table,
  wrongLeaf,
} from "./players.ts";
import { forged } from "./witnesses.ts";

export function leafOf({ outcome, prefix, digest, byteLength }: Ending): ResultEntry {
  if (outcome !== Outcome.ok) return { outcome };
  const cid = fromChainCid({ prefix: toHex(prefix, { size: 4 }), digest: bytesToHex(digest) });
  return { outcome, cid, byteLength };
}

/** What the contract takes for an ending. */
const endingArgument = ({ outcome, prefix, digest, byteLength }: Ending) => ({
  outcome: outcomeCode(outcome),
  prefix: toHex(prefix, { size: 4 }),
  digest: bytesToHex(digest),
  byteLength: BigInt(byteLength),
});

/** The exponent of what lies between the first 16 states. */
export function firstExponent({
  task: { machine, maxFuel, maxResultBytes, input },
}: Course): number {
  const extra = Math.floor((2 * input.bytes.length + 4 * maxResultBytes) / 1_024);
  const bound = BigInt(machine.stepsPerFuel) * maxFuel + machine.slack + 512n + BigInt(extra);
  let exponent = 0;
  while (16n ** BigInt(exponent + 1) < bound) exponent++;
  return exponent;
}

/** Another answer than the task's. */
const otherThan = (right: ResultEntry): ResultEntry =>
  right.outcome === Outcome.trap ? { outcome: Outcome.overLimit } : wrongLeaf;

const isSame = (one: Ending, other: Ending) =>
  Buffer.compare(Buffer.from(doneHash(one)), Buffer.from(doneHash(other))) === 0;

/** @returns whether the honest party won. */
export async function playAgainst(
  table: Table,
  course: Course,
  { random, lie, isLiarWorker }: { random: Random; lie: Lie; isLiarWorker: boolean },
): Promise<boolean> {
  const { task, proofs, ending } = course;
  const right = leafOf(ending);
  // A worker that lies has to say something else in the end.
  const isAnotherEnd = lie.ending !== undefined && !isSame(lie.ending, ending);
  const claimed = isLiarWorker
    ? isAnotherEnd
      ? leafOf(lie.ending as Ending)
      : otherThan(right)
    : right;
  const { dispute, beginning } = await openDispute(table, { machine: task.machine, task }, claimed);
  const truth = truthOf(course);
  let exponent = firstExponent(course);
  const last = 16 ** (exponent + 1);
  const end = lastOf(claimed);
  /** Whoever lies about the end has to say that from some step on, at the latest at the last one. */
  const lies: Claim = (step) => (isLiarWorker && step >= last ? end : lie.claim(step));
  let low = 0;
  const sixteen = (claim: Claim) =>
    Array.from({ length: POSTED }, (_, index) => claim(low + (index + 1) * 16 ** exponent));

  let posted = sixteen(isLiarWorker ? lies : truth);
  await table.send(table.worker, "begin", [dispute, beginning, posted]);
  for (let isWorker = false; ; isWorker = !isWorker) {
    const by = isWorker ? table.worker : table.challenger;
    const isLiar = isWorker === isLiarWorker;
    const claim = isLiar ? lies : truth;
    let index = posted.findIndex(
      (hash, place) => hash !== claim(low + (place + 1) * 16 ** exponent),
    );
    if (isLiar && (index < 0 || random.below(4) === 0)) index = random.below(POSTED);
    if (index < 0) break; // nothing to dispute
    low += index * 16 ** exponent;
    if (exponent === 0) {
      if (isLiar) await tryEverything({ by, posted, index });
      else await proveHonestly({ by, posted, index });
      break;
    }
    exponent -= 1;
    const own = sixteen(claim);
    // A liar may not say what the other said; so it says anything.
    if (isLiar && own[POSTED - 1] === posted[index])
      own[POSTED - 1] = keccak256(posted[index] as Hex);
    await table.send(by, "move", [dispute, posted, index, own]);
    posted = own;
  }
  if ((await rulingOf(table, dispute)) === Ruling.none) {
    await table.passTime(CLOCK_SECONDS + 1);
    await table.send(table.stranger, "timeOut", [dispute]);
  }
  return (
    (await rulingOf(table, dispute)) ===
    (isLiarWorker ? Ruling.workerWrong : Ruling.challengeFailed)
  );

  type Turn = { by: Table["worker"]; posted: readonly Hex[]; index: number };

  function stepArguments({ posted: seen, index }: Turn, witness?: Uint8Array) {
    const proof = proofs[low] as (typeof proofs)[number];
    return [
      ...[dispute, seen, index, machineArgument(task.machine), taskArgument(task)],
      ...[stateArgument(proof), bytesToHex(witness ?? proof.witness)],
    ];
  }

  async function proveHonestly(turn: Turn): Promise<void> {
    const isEnded = low >= proofs.length;
    if (isEnded) {
      await table.send(turn.by, "proveEnded", [
        dispute,
        turn.posted,
        turn.index,
        endingArgument(ending),
      ]);
    } else await table.send(turn.by, "prove", stepArguments(turn));
  }

  /** Everything that could decide for the liar is refused. It keeps from the true proof, which decides against it. */
  async function tryEverything(turn: Turn): Promise<void> {
    const refused = async (call: Promise<unknown>) => {
      const isRefused = await call.then(
        () => false,
        () => true,
      );
      if (!isRefused) throw new Error("a false proof was accepted");
    };
    const proof = proofs[low];
    const falseEnd = endingArgument({ ...ending, byteLength: ending.byteLength + 1 });
    await refused(table.send(turn.by, "proveEnded", [dispute, turn.posted, turn.index, falseEnd]));
    if (proof === undefined) return;
    for (const { witness } of forged(random, proof.witness).slice(0, 4)) {
      await refused(table.send(turn.by, "prove", stepArguments(turn, witness)));
    }
    const other = proofs[random.below(proofs.length)] as typeof proof;
    if (other === proof) return;
    const args = stepArguments(turn, other.witness);
    args[5] = stateArgument(other);
    await refused(table.send(turn.by, "prove", args));
  }
}
