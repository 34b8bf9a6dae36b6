import { type Hex, hexToString } from "viem";
import { ether, revertError, time } from "./contractRevert.ts";

const of = ({ id }: { id: Hex }) => `dispute ${id}`;
const stages = [
  ...["unknown", "drawing", "committing", "revealing", "stalled", "appealable", "final", "settled"],
];

const rulings = [
  ...["none", "worker right", "worker wrong", "undecided", "both wrong", "challenge failed"],
];

export class AlreadyCommittedError extends revertError(
  "JuryArbiter_AlreadyCommitted",
  (args) =>
    `${args.juror} has committed in panel ${args.panel} of ${of(args)} already: reveal that verdict.`,
) {}
export class DisputeAlreadyOpenError extends revertError(
  "JuryArbiter_AlreadyOpen",
  (args) => `The ${of(args)} is open already: a dispute is opened once.`,
) {}
export class BelowTicketError extends revertError(
  "JuryArbiter_BelowTicket",
  ({ account, stake, ticketWei }) =>
    `${account} would have ${ether(stake)} of juror stake, less than a ticket of ${ether(ticketWei)}: deposit more.`,
) {}
export class CommitmentMismatchError extends revertError(
  "JuryArbiter_CommitmentMismatch",
  ({ committed, revealed }) =>
    `The juror committed to ${committed}, and what it reveals hashes to ${revealed}: give verdict and salt of the commitment.`,
) {}
export class EvenJuryError extends revertError(
  "JuryArbiter_EvenJury",
  ({ jurySize }) => `A jury of ${jurySize} can be torn: take an odd number.`,
) {}
export class InsufficientJurorStakeError extends revertError(
  "JuryArbiter_InsufficientStake",
  ({ account, stake, needed }) =>
    `${account} has ${ether(stake)} of juror stake that is not unbonding, less than ${ether(needed)}: ask for less.`,
) {}
export class NoJurorCreditError extends revertError(
  "JuryArbiter_NoCredit",
  ({ account }) => `${account} has no credit with the jury: there is nothing to withdraw.`,
) {}
export class NoMarketplaceError extends revertError(
  "JuryArbiter_NoMarketplace",
  ({ marketplace }) =>
    `There is no contract at ${marketplace}: deploy the Marketplace that the jury is to serve first.`,
) {}
export class NotMarketplaceError extends revertError(
  "JuryArbiter_NotMarketplace",
  ({ caller, marketplace }) =>
    `This jury serves the Marketplace ${marketplace}: ${caller} cannot open a dispute, name another arbiter in the terms.`,
) {}
export class NobodyToDrawError extends revertError(
  "JuryArbiter_NobodyToDraw",
  (args) =>
    `Nobody but the parties of ${of(args)} has a juror's ticket: wait until somebody stakes as a juror.`,
  { retryable: true },
) {}
export class WrongRulingError extends revertError(
  "JuryArbiter_WrongRuling",
  (args) =>
    `The ruling of ${of(args)} is ${rulings[args.ruling] ?? args.ruling}, not ${rulings[args.expected] ?? args.expected}: look at its standing again.`,
) {}
export class NoRandomnessError extends revertError(
  "JuryArbiter_NoRandomness",
  ({ randomness }) =>
    `There is no contract at ${randomness}: deploy the source of randomness first.`,
) {}
export class NoVerdictError extends revertError(
  "JuryArbiter_NoVerdict",
  () =>
    "This is no verdict: say that the worker is right or wrong, that both are wrong, or that it cannot be decided.",
) {}
export class NotCommittingError extends revertError(
  "JuryArbiter_NotCommitting",
  (args) =>
    `Panel ${args.panel} of ${of(args)} took commitments until ${time(args.commitEndsAt)} (chain time): it is too late.`,
) {}
export class NotDrawnError extends revertError(
  "JuryArbiter_NotDrawn",
  (args) =>
    `${args.account} has no seat on panel ${args.panel} of ${of(args)}: leave it to those who have.`,
) {}
export class NotRevealingError extends revertError(
  "JuryArbiter_NotRevealing",
  (args) =>
    `Panel ${args.panel} of ${of(args)} reveals from ${time(args.commitEndsAt)} until ${time(args.revealEndsAt)} (chain time).`,
) {}
export class NothingToAdvanceError extends revertError(
  "JuryArbiter_NothingToAdvance",
  (args) => `The ${of(args)} is ${stages[args.stage] ?? args.stage}, and nothing is overdue: wait.`,
  { retryable: true },
) {}
export class NothingUnbondingError extends revertError(
  "JuryArbiter_NothingUnbonding",
  ({ account }) => `${account} has no juror stake that is unbonding: unbond some first.`,
) {}
export class JuryOutOfBoundsError extends revertError(
  "JuryArbiter_OutOfBounds",
  ({ what, value, least, most }) =>
    `The value of ${hexToString(what, { size: 32 })} is ${value}: a jury admits ${least} to ${most}.`,
) {}
export class PoolFullError extends revertError(
  "JuryArbiter_PoolFull",
  ({ tickets, most }) => `The jury would have ${tickets} tickets, and holds ${most}: deposit less.`,
) {}
export class JurorStakeLockedError extends revertError(
  "JuryArbiter_StakeLocked",
  ({ account, stake, locked }) =>
    `Of ${ether(stake)} of juror stake of ${account}, ${ether(locked)} are locked: wait until its disputes are settled.`,
  { retryable: true },
) {}
export class JurorStillUnbondingError extends revertError(
  "JuryArbiter_StillUnbonding",
  ({ account, withdrawableAt }) =>
    `The juror stake of ${account} is unbonding: withdraw it from ${time(withdrawableAt)} (chain time) on.`,
  { retryable: true },
) {}
export class WrongFeeError extends revertError(
  "JuryArbiter_WrongFee",
  ({ value, fee }) => `The jury takes exactly ${fee} wei, and ${value} were sent.`,
) {}
export class WrongPanelError extends revertError(
  "JuryArbiter_WrongPanel",
  (args) =>
    `The current panel of ${of(args)} is ${args.current}, not ${args.panel}: look at its standing again.`,
) {}
export class WrongStageError extends revertError(
  "JuryArbiter_WrongStage",
  (args) =>
    `The call needs ${of(args)} to be ${stages[args.needed] ?? args.needed}, and it is ${stages[args.stage] ?? args.stage}.`,
) {}
export class ZeroJurorAmountError extends revertError(
  "JuryArbiter_ZeroAmount",
  () => "An amount of zero changes nothing: give one above zero.",
) {}
export class ZeroCommitmentError extends revertError(
  "JuryArbiter_ZeroCommitment",
  () => "The zero hash commits to nothing: commit to a verdict with a salt.",
) {}
export class ZeroJurorRecipientError extends revertError(
  "JuryArbiter_ZeroRecipient",
  () => "Money sent to the zero address is lost: name a recipient.",
) {}
export class RandomnessNotReadyError extends revertError(
  "Randomness_NotReady",
  ({ id, status }) =>
    `Randomness ${id} ${status === 2 ? "is lost: ask for another with advance" : "is not known yet: try again after the next block"}.`,
  { retryable: true },
) {}
export class RandomnessProofError extends revertError(
  "Randomness_WrongProof",
  ({ id }) => `This does not prove randomness ${id}: bring what its source asks for.`,
) {}
