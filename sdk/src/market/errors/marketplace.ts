import { type Hex, hexToString } from "viem";
import { decodeRights } from "../calls/rights.ts";
import { ether, revertError, time } from "./contractRevert.ts";

const of = ({ job, batch }: { job: Hex; batch: number }) => `batch ${batch} of job ${job}`;
const statuses = ["open", "claimed", "submitted", "settled", "questioned", "void"];

export class AlreadyPostedError extends revertError(
  "Marketplace_AlreadyPosted",
  ({ job }) => `Job ${job} is posted already: take another salt to post the same again.`,
) {}
export class JobIsCancelledError extends revertError(
  "Marketplace_Cancelled",
  ({ job }) => `Job ${job} is cancelled: nothing of it can be claimed or cancelled any more.`,
) {}
export class ChallengeWindowOpenError extends revertError(
  "Marketplace_ChallengeWindowOpen",
  (args) =>
    `The challenge window of ${of(args)} is open: settle it from ${time(args.settleableAt)} (chain time) on.`,
  { retryable: true },
) {}
export class ClaimingClosedError extends revertError(
  "Marketplace_ClaimingClosed",
  ({ job, claimUntil }) =>
    `Batches of job ${job} could be claimed until ${time(claimUntil)} (chain time): look for another job.`,
) {}
export class InsufficientStakeError extends revertError(
  "Marketplace_InsufficientStake",
  ({ account, free, needed }) =>
    `${account} has ${ether(free)} of free stake and needs ${ether(needed)}: deposit more, or wait until batches are settled.`,
) {}
export class InsufficientUnbondingError extends revertError(
  "Marketplace_InsufficientUnbonding",
  ({ account, unbonding, needed }) =>
    `Of ${account}, ${ether(unbonding)} are unbonding, less than ${ether(needed)}: ask for less.`,
) {}
export class MalformedCidError extends revertError(
  "Marketplace_MalformedCid",
  ({ prefix, digest }) =>
    `${prefix} ${digest} is no CID that the chain admits: use CIDv1 with a 32-byte digest.`,
) {}
export class NoCreditError extends revertError(
  "Marketplace_NoCredit",
  ({ account, token }) => `${account} has no credit in ${token}: there is nothing to withdraw.`,
) {}
export class NoSuchBatchError extends revertError(
  "Marketplace_NoSuchBatch",
  ({ job, batch, batchCount }) =>
    `Job ${job} has ${batchCount} batches, the first is 0: there is no batch ${batch}.`,
) {}
export class NotClaimerError extends revertError(
  "Marketplace_NotClaimer",
  (args) => `${args.worker} claimed ${of(args)}: ${args.caller} cannot submit or release it.`,
) {}
export class NotOverdueError extends revertError(
  "Marketplace_NotOverdue",
  (args) =>
    `The worker of ${of(args)} has until ${time(args.deadline)} (chain time): try again after that.`,
  { retryable: true },
) {}
export class NotPostedError extends revertError(
  "Marketplace_NotPosted",
  ({ job }) => `No job ${job} was posted: check the terms, and that this is the right chain.`,
) {}
export class NotRequesterError extends revertError(
  "Marketplace_NotRequester",
  ({ job, caller, requester }) =>
    `Job ${job} belongs to ${requester}: ${caller} cannot do this, use the requester's account.`,
) {}
export class OutOfBoundsError extends revertError(
  "Marketplace_OutOfBounds",
  ({ what, value, least, most }) =>
    `The value of ${hexToString(what, { size: 32 })} is ${value}: this Marketplace admits ${least} to ${most}.`,
) {}
export class OverdueError extends revertError(
  "Marketplace_Overdue",
  (args) =>
    `It is too late for ${of(args)}: this was possible until ${time(args.deadline)} (chain time).`,
) {}
export class SpecMismatchError extends revertError(
  "Marketplace_SpecMismatch",
  ({ specHash, actual }) =>
    `The terms name the spec ${specHash}, but it hashes to ${actual}: set specHash to hashSpec(spec).`,
) {}
export class StillUnbondingError extends revertError(
  "Marketplace_StillUnbonding",
  ({ account, readyAt }) =>
    `The stake of ${account} is unbonding: withdraw it from ${time(readyAt)} (chain time) on.`,
  { retryable: true },
) {}
export class WrongEscrowError extends revertError(
  "Marketplace_WrongEscrow",
  ({ job, received, escrow }) =>
    `Job ${job} needs an escrow of exactly ${escrow}, and ${received} arrived: send taskCount · rewardPerTask, of a token that takes no fee of transfers.`,
) {}
export class WrongStatusError extends revertError(
  "Marketplace_WrongStatus",
  (args) =>
    `The call needs ${of(args)} to be ${statuses[args.needed] ?? args.needed}, and it is ${statuses[args.status] ?? args.status}: somebody else may have been faster.`,
) {}
export class ZeroAmountError extends revertError(
  "Marketplace_ZeroAmount",
  () => "An amount of zero changes nothing: give one above zero.",
) {}
export class ZeroRecipientError extends revertError(
  "Marketplace_ZeroRecipient",
  () => "Money sent to the zero address is lost: name a recipient.",
) {}
export class ZeroResultRootError extends revertError(
  "Marketplace_ZeroResultRoot",
  (args) => `The result root of ${of(args)} is zero: submit the root over its result leaves.`,
) {}
export class ChallengeWindowOverError extends revertError(
  "Marketplace_ChallengeWindowOver",
  (args) =>
    `The challenge window of ${of(args)} ended at ${time(args.settleableAt)} (chain time): nobody can put it in question any more.`,
) {}
export class NoArbiterError extends revertError(
  "Marketplace_NoArbiter",
  ({ job }) => `Job ${job} has no arbiter: its results cannot be put in question.`,
) {}
export class WrongRootError extends revertError(
  "Marketplace_WrongRoot",
  (args) =>
    `The result root of ${of(args)} is ${args.resultRoot}, not ${args.expectedRoot}: look at its results again.`,
) {}
export class NoSuchTaskError extends revertError(
  "Marketplace_NoSuchTask",
  (args) => `Task ${args.position} is not in ${of(args)}: name one that is.`,
) {}
export class WrongLeafError extends revertError(
  "Marketplace_WrongLeaf",
  (args) =>
    `This is not the leaf of task ${args.position} under the result root of ${of(args)}: take leaf and proof from its manifest.`,
) {}
export class NotRuledError extends revertError(
  "Marketplace_NotRuled",
  (args) =>
    `The arbiter of ${of(args)} has not ruled: it has until ${time(args.timeoutAt)} (chain time).`,
  { retryable: true },
) {}
export class TooLittleGasError extends revertError(
  "Marketplace_TooLittleGas",
  ({ gasLeft, needed }) =>
    `The arbiter needs ${needed} gas to be asked, and ${gasLeft} were left: send the transaction with more.`,
) {}
export class ScoreTooLowError extends revertError(
  "Marketplace_ScoreTooLow",
  ({ account, score, minScore }) =>
    `${account} has a score of ${score}, and the job asks for ${minScore}: look for another job.`,
) {}
export class TokenTransferFailedError extends revertError(
  "SafeERC20FailedOperation",
  ({ token }) => `Token ${token} refused the transfer: check balance and allowance.`,
) {}
export class RecipientRefusedError extends revertError(
  "FailedCall",
  () => "The recipient refused the money: name one that takes plain transfers.",
) {}
export class MarketplaceBalanceError extends revertError(
  "InsufficientBalance",
  ({ balance, needed }) =>
    `The contract holds ${ether(balance)} and should send ${ether(needed)}: its books are broken, report this.`,
) {}
export class ReentrantCallError extends revertError(
  "ReentrancyGuardReentrantCall",
  () => "The recipient called back while it was paid: name one that does not.",
) {}
export class AmountTooLargeError extends revertError(
  "SafeCastOverflowedUintDowncast",
  ({ bits, value }) => `${value} does not fit ${bits} bits: give a smaller amount.`,
) {}
export class WrongGroundError extends revertError(
  "Marketplace_WrongGround",
  ({ ground, outcome, answer }) =>
    `Ground ${ground} with answer ${answer} does not fit a result of outcome ${outcome}: a wrong result has another leaf as its answer, an unavailable one is ok and has none, a demand has neither.`,
) {}
export class WrongJobError extends revertError(
  "Marketplace_WrongJob",
  ({ job, given }) => `The question is about job ${given}, and the terms are those of ${job}.`,
) {}
export class LeafStandsError extends revertError(
  "Marketplace_LeafStands",
  ({ job, position, leaf }) =>
    `The arbiter has found leaf ${leaf} of task ${position} of job ${job} right: nobody can challenge it as a wrong result.`,
) {}
export class NotPreparedError extends revertError(
  "Marketplace_NotPrepared",
  ({ commitment, preparedAt, amount }) =>
    `Question ${commitment} ${
      preparedAt === 0n
        ? "is not prepared"
        : `was prepared at ${time(preparedAt)} (chain time) with ${ether(amount)}`
    }: prepare it after the submission, a second before, within the response window, with the bond of a first challenge at least.`,
  { retryable: true },
) {}
export class AlreadyPreparedError extends revertError(
  "Marketplace_AlreadyPrepared",
  ({ commitment, preparedAt }) =>
    `Question ${commitment} is prepared since ${time(preparedAt)} (chain time): ask it, or take another salt.`,
) {}
export class NotAskedError extends revertError(
  "Marketplace_NotAsked",
  (args) =>
    `Question ${args.number} of round ${args.round} about ${of(args)} is not pending, or not the one that was prepared: look at its pending questions.`,
) {}
export class WrongValueError extends revertError(
  "Marketplace_WrongValue",
  ({ value, needed }) =>
    `The call takes ${needed} wei, and ${value} were paid: try again, somebody else may have asked meanwhile.`,
  { retryable: true },
) {}
export class InsufficientCreditError extends revertError(
  "Marketplace_InsufficientCredit",
  ({ account, token, credit, needed }) =>
    `${account} has a credit of ${credit} in ${token} and needs ${needed}: add to it, or pay from the account.`,
) {}
export class NoRightError extends revertError(
  "Marketplace_NoRight",
  ({ account, operator, needed }) =>
    needed === 0n
      ? `No operator can do this for ${account}: the account has to call it, or to sign the call.`
      : `${operator} needs the right "${decodeRights(needed).join('" or "')}" of ${account}: the account gives it with setRights.`,
) {}
export class SignatureExpiredError extends revertError(
  "Marketplace_SignatureExpired",
  ({ account, deadline }) =>
    `The call that ${account} signed was good until ${time(deadline)} (chain time): have it signed again.`,
) {}
export class NonceUsedError extends revertError(
  "Marketplace_NonceUsed",
  ({ account, nonce }) =>
    `${account} has used nonce ${nonce}, or ruled it out: have the call signed with another.`,
) {}
export class WrongSignatureError extends revertError(
  "Marketplace_WrongSignature",
  ({ account }) =>
    `${account} has not signed this call to this Marketplace on this chain: have it signed with signCall.`,
) {}
export class NoContractError extends revertError(
  "AddressEmptyCode",
  ({ target }) => `There is no contract at ${target}: check the address, and the chain.`,
) {}
export class InvalidShortStringError extends revertError(
  "InvalidShortString",
  () => "The contract's own name is broken: it was not deployed from this code, report this.",
) {}
export class StringTooLongError extends revertError(
  "StringTooLong",
  ({ str }) =>
    `The name "${str}" is too long: the contract was not deployed from this code, report this.`,
) {}
