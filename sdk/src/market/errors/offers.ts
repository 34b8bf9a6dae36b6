import { ether, revertError, time } from "./contractRevert.ts";

export class AwardAlreadyRegisteredError extends revertError(
  "Offers_AlreadyRegistered",
  ({ offer }) =>
    `Offer ${offer} asks for no bond, or its award is registered: the winner can claim without this.`,
) {}
export class AwardedOnlyError extends revertError(
  "Offers_AwardedOnly",
  ({ offer, awardUntil }) =>
    `Until ${time(awardUntil)} (chain time), offer ${offer} is for awarded workers alone: bid for it, or wait.`,
  { retryable: true },
) {}
export class BondHeldError extends revertError(
  "Offers_BondHeld",
  ({ offer }) =>
    `The winner of offer ${offer} can claim, or its turn is over: there is no bond to return.`,
) {}
export class OfferExpiredError extends revertError(
  "Offers_Expired",
  ({ offer, takeUntil }) =>
    `Offer ${offer} could be taken until ${time(takeUntil)} (chain time): ask its requester for another.`,
) {}
export class InsufficientBondError extends revertError(
  "Offers_InsufficientBond",
  ({ account, bond, needed }) =>
    `${account} has ${ether(bond)} to bid with and needs ${ether(needed)}: add more, or ask for less.`,
) {}
export class NoConditionsError extends revertError(
  "Offers_NoConditions",
  () => "The permission has no conditions: encode it with encodePermission.",
) {}
export class OfferNonceUsedError extends revertError(
  "Offers_NonceUsed",
  ({ account, nonce }) =>
    `${account} has used or cancelled nonce ${nonce}: an offer, or a bid, is good once.`,
) {}
export class NotOffersMarketplaceError extends revertError(
  "Offers_NotMarketplace",
  ({ caller }) => `Only the Marketplace asks who is admitted, not ${caller}: call the Marketplace.`,
) {}
export class OfferNotPostedError extends revertError(
  "Offers_NotPosted",
  ({ job }) => `Job ${job} is not posted, or not to be had for a whole turn: post it first.`,
) {}
export class AwardNotRegisteredError extends revertError(
  "Offers_NotRegistered",
  ({ offer }) =>
    `Offer ${offer} asks for a bond, and this award is not registered: register it first.`,
) {}
export class NotResumableError extends revertError(
  "Offers_NotResumable",
  ({ offer }) =>
    `The job of offer ${offer} is held or ended, its price is fixed, or it was never taken: there is nothing to resume.`,
) {}
export class SettlementGasError extends revertError(
  "Offers_TooLittleGas",
  () =>
    "So little gas is left that a settlement could fail for want of it: give the transaction 150,000 for the last batch.",
) {}
export class OfferTurnError extends revertError(
  "Offers_NotYourTurn",
  ({ offer, worker }) =>
    `It is not the turn of ${worker} to claim a batch of offer ${offer}: wait until the turns before are over.`,
  { retryable: true },
) {}
export class OverLimitError extends revertError(
  "Offers_OverLimit",
  ({ offer, cost, limit }) =>
    `Offer ${offer} would cost ${cost}, and its limit is ${limit} (smallest units of its token): take it for less.`,
) {}
export class PriceRisesError extends revertError(
  "Offers_PriceRises",
  ({ offer }) => `The price of offer ${offer} rises: it is fixed by who takes it, or by an award.`,
) {}
export class WrongAwardError extends revertError(
  "Offers_WrongAward",
  ({ offer }) =>
    `The award is for another offer, price or batch than ${offer} has, or came too late: ask the selector for another.`,
) {}
export class WrongBidError extends revertError(
  "Offers_WrongBid",
  ({ bid }) => `Bid ${bid} is not the one of this award, or not good any more.`,
) {}
export class WrongCountError extends revertError(
  "Offers_WrongCount",
  ({ calls, signatures }) =>
    `There are ${calls} calls and ${signatures} signatures or lists: give one for each.`,
) {}
export class WrongPriceError extends revertError(
  "Offers_WrongPrice",
  ({ offer, reward, least, most }) =>
    `A task of offer ${offer} may cost from ${least} to ${most} now (smallest units of its token), not ${reward}: name another price, or wait.`,
) {}
export class WrongOfferSignatureError extends revertError(
  "Offers_WrongSignature",
  ({ account, digest }) => `This is not a signature of ${account} over ${digest}: ask for another.`,
) {}
