import { type Hex, hexToString } from "viem";
import { revertError } from "./contractRevert.ts";

const of = ({ id }: { id: Hex }) => `dispute ${id}`;

/** What `ProofArbiter_WrongPart` names, in words. */
const parts: Record<string, string> = {
  terms: "The terms are not those of the dispute's job",
  spec: "The spec is not that of the dispute's job",
  machine: "The machine is not the one whose root the job's spec names",
  input: "The input is not that of the dispute's task",
  result: "The result is not what the worker committed to",
  "last hash": "The last hash is not that of the worker's result",
  posted: "The hashes are not those that the other party posted last",
  setup: "Machine and task are not those with which the worker began",
  state: "The state is not the one before the disputed hash",
  cid: "The result's CID is none that a machine gives, so that nothing can be shown under it",
};

export class ProofAlreadyOpenError extends revertError(
  "ProofArbiter_AlreadyOpen",
  (args) => `The ${of(args)} is open already: a dispute is opened once.`,
) {}
export class NoProofContractError extends revertError(
  "ProofArbiter_NoContract",
  ({ what, given }) =>
    `There is no contract at ${given}: deploy the ${hexToString(what, { size: 32 })} first.`,
) {}
export class NoProofCreditError extends revertError(
  "ProofArbiter_NoCredit",
  ({ account }) => `${account} has no credit with the ProofArbiter: there is nothing to withdraw.`,
) {}
export class NoSuchChunkError extends revertError(
  "ProofArbiter_NoSuchChunk",
  ({ chunk }) =>
    `Chunk ${chunk} cannot be named here: name chunks that the result has, in ascending order.`,
) {}
export class NotProofMarketplaceError extends revertError(
  "ProofArbiter_NotMarketplace",
  ({ caller }) =>
    `This ProofArbiter serves another Marketplace: ${caller} cannot open a dispute, name another arbiter in the terms.`,
) {}
export class ChunkNotMissingError extends revertError(
  "ProofArbiter_NotMissing",
  ({ place }) =>
    `The chunk at place ${place} was not named, or is shown already: look at the request again.`,
) {}
export class NotYourTurnError extends revertError(
  "ProofArbiter_NotYourTurn",
  ({ caller }) => `It is not the turn of ${caller}: wait for the other party's move.`,
) {}
export class SameHashError extends revertError(
  "ProofArbiter_SameHash",
  () =>
    "The last hash is the other party's: there is nothing to dispute before it, look for a later one.",
) {}
export class TimeIsLeftError extends revertError(
  "ProofArbiter_TimeIsLeft",
  (args) => `The party to move in ${of(args)} has time left: wait until its clock has run out.`,
  { retryable: true },
) {}
export class TimeIsUpError extends revertError(
  "ProofArbiter_TimeIsUp",
  (args) => `The clock of the party to move in ${of(args)} has run out: it has lost.`,
) {}
export class WrongChunkCountError extends revertError(
  "ProofArbiter_WrongCount",
  ({ count }) => `${count} chunks cannot be named: name one to eight.`,
) {}
export class WrongProofFeeError extends revertError(
  "ProofArbiter_WrongFee",
  ({ value, fee }) => `The ProofArbiter takes exactly ${fee} wei, and ${value} were sent.`,
) {}
export class WrongProofGroundError extends revertError(
  "ProofArbiter_WrongGround",
  () => "A dispute needs a ground: a wrong result, or one that is unavailable.",
) {}
export class WrongPartError extends revertError("ProofArbiter_WrongPart", ({ what }) => {
  const name = hexToString(what, { size: 32 });
  return `${parts[name] ?? `The ${name} is not that of the dispute`}: look at the game again.`;
}) {}
export class WrongProofStageError extends revertError(
  "ProofArbiter_WrongStage",
  (args) => `The ${of(args)} is at another stage: look at the game again.`,
) {}
export class ZeroClockError extends revertError(
  "ProofArbiter_ZeroClock",
  () => "Nobody can move in no time: give clockSeconds above zero.",
) {}
export class ZeroProofRecipientError extends revertError(
  "ProofArbiter_ZeroRecipient",
  () => "Money sent to the zero address is lost: name a recipient.",
) {}

const ANOTHER_STATE = "prove the step of the state before the disputed hash";

export class NoSuchInstructionError extends revertError(
  "Step_NoSuchInstruction",
  () => `The state is at an instruction that no machine has: ${ANOTHER_STATE}.`,
) {}
export class NoSuchPhaseError extends revertError(
  "Step_NoSuchPhase",
  () => `The state is in a phase that has no steps: ${ANOTHER_STATE}.`,
) {}
export class StepNotRunningError extends revertError(
  "Step_NotRunning",
  () => `The state is in a phase in which the program does not run: ${ANOTHER_STATE}.`,
) {}
export class OutsideTreeError extends revertError(
  "Step_OutsideTree",
  () => `The step reads what its tree has no place for: ${ANOTHER_STATE}.`,
) {}
export class WitnessTooLongError extends revertError(
  "Step_WitnessTooLong",
  () => "The witness shows more than is read: give the witness of this very step or chunk.",
) {}
export class WitnessTooShortError extends revertError(
  "Step_WitnessTooShort",
  () => "The witness shows less than is read: give the witness of this very step or chunk.",
) {}
export class WrongChunkError extends revertError(
  "Step_WrongChunk",
  () =>
    "The chunk and its siblings do not give the content's digest: show the chunk at that index.",
) {}
export class WrongStepLeafError extends revertError(
  "Step_WrongLeaf",
  () =>
    "A leaf and its siblings do not give their tree's root: give the witness of this very step.",
) {}
export class WrongOwnError extends revertError(
  "Step_WrongOwn",
  () => "The chaining values are not those of the state: give the witness of this very step.",
) {}
