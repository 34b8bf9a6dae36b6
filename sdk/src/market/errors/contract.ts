import { type AbiParameter, BaseError, ContractFunctionRevertedError } from "viem";
import {
  type ContractErrorArgs,
  type ContractErrorName,
  type ContractRevertError,
  contractErrors,
} from "./contractRevert.ts";
import * as jury from "./jury.ts";
import * as marketplace from "./marketplace.ts";
import * as offers from "./offers.ts";
import * as proof from "./proof.ts";

/** Every custom error of the contracts has its class here; one without does not type-check. */
const classes = {
  AddressEmptyCode: marketplace.NoContractError,
  FailedCall: marketplace.RecipientRefusedError,
  InsufficientBalance: marketplace.MarketplaceBalanceError,
  InvalidShortString: marketplace.InvalidShortStringError,
  Marketplace_AlreadyPosted: marketplace.AlreadyPostedError,
  Marketplace_AlreadyPrepared: marketplace.AlreadyPreparedError,
  Marketplace_Cancelled: marketplace.JobIsCancelledError,
  Marketplace_ChallengeWindowOpen: marketplace.ChallengeWindowOpenError,
  Marketplace_ChallengeWindowOver: marketplace.ChallengeWindowOverError,
  Marketplace_ClaimingClosed: marketplace.ClaimingClosedError,
  Marketplace_InsufficientCredit: marketplace.InsufficientCreditError,
  Marketplace_InsufficientStake: marketplace.InsufficientStakeError,
  Marketplace_InsufficientUnbonding: marketplace.InsufficientUnbondingError,
  Marketplace_LeafStands: marketplace.LeafStandsError,
  Marketplace_MalformedCid: marketplace.MalformedCidError,
  Marketplace_NoArbiter: marketplace.NoArbiterError,
  Marketplace_NoCredit: marketplace.NoCreditError,
  Marketplace_NoRight: marketplace.NoRightError,
  Marketplace_NoSuchBatch: marketplace.NoSuchBatchError,
  Marketplace_NoSuchTask: marketplace.NoSuchTaskError,
  Marketplace_NonceUsed: marketplace.NonceUsedError,
  Marketplace_NotAsked: marketplace.NotAskedError,
  Marketplace_NotClaimer: marketplace.NotClaimerError,
  Marketplace_NotOverdue: marketplace.NotOverdueError,
  Marketplace_NotPosted: marketplace.NotPostedError,
  Marketplace_NotPrepared: marketplace.NotPreparedError,
  Marketplace_NotRequester: marketplace.NotRequesterError,
  Marketplace_NotRuled: marketplace.NotRuledError,
  Marketplace_OutOfBounds: marketplace.OutOfBoundsError,
  Marketplace_Overdue: marketplace.OverdueError,
  Marketplace_ScoreTooLow: marketplace.ScoreTooLowError,
  Marketplace_SignatureExpired: marketplace.SignatureExpiredError,
  Marketplace_SpecMismatch: marketplace.SpecMismatchError,
  Marketplace_StillUnbonding: marketplace.StillUnbondingError,
  Marketplace_TooLittleGas: marketplace.TooLittleGasError,
  Marketplace_WrongEscrow: marketplace.WrongEscrowError,
  Marketplace_WrongGround: marketplace.WrongGroundError,
  Marketplace_WrongJob: marketplace.WrongJobError,
  Marketplace_WrongLeaf: marketplace.WrongLeafError,
  Marketplace_WrongRoot: marketplace.WrongRootError,
  Marketplace_WrongSignature: marketplace.WrongSignatureError,
  Marketplace_WrongStatus: marketplace.WrongStatusError,
  Marketplace_WrongValue: marketplace.WrongValueError,
  Marketplace_ZeroAmount: marketplace.ZeroAmountError,
  Marketplace_ZeroRecipient: marketplace.ZeroRecipientError,
  Marketplace_ZeroResultRoot: marketplace.ZeroResultRootError,
  ReentrancyGuardReentrantCall: marketplace.ReentrantCallError,
  SafeCastOverflowedUintDowncast: marketplace.AmountTooLargeError,
  SafeERC20FailedOperation: marketplace.TokenTransferFailedError,
  StringTooLong: marketplace.StringTooLongError,
  JuryArbiter_AlreadyCommitted: jury.AlreadyCommittedError,
  JuryArbiter_AlreadyOpen: jury.DisputeAlreadyOpenError,
  JuryArbiter_BelowTicket: jury.BelowTicketError,
  JuryArbiter_CommitmentMismatch: jury.CommitmentMismatchError,
  JuryArbiter_EvenJury: jury.EvenJuryError,
  JuryArbiter_InsufficientStake: jury.InsufficientJurorStakeError,
  JuryArbiter_NoCredit: jury.NoJurorCreditError,
  JuryArbiter_NoMarketplace: jury.NoMarketplaceError,
  JuryArbiter_NoRandomness: jury.NoRandomnessError,
  JuryArbiter_NoVerdict: jury.NoVerdictError,
  JuryArbiter_NobodyToDraw: jury.NobodyToDrawError,
  JuryArbiter_NotCommitting: jury.NotCommittingError,
  JuryArbiter_NotDrawn: jury.NotDrawnError,
  JuryArbiter_NotMarketplace: jury.NotMarketplaceError,
  JuryArbiter_NotRevealing: jury.NotRevealingError,
  JuryArbiter_NothingToAdvance: jury.NothingToAdvanceError,
  JuryArbiter_NothingUnbonding: jury.NothingUnbondingError,
  JuryArbiter_OutOfBounds: jury.JuryOutOfBoundsError,
  JuryArbiter_PoolFull: jury.PoolFullError,
  JuryArbiter_StakeLocked: jury.JurorStakeLockedError,
  JuryArbiter_StillUnbonding: jury.JurorStillUnbondingError,
  JuryArbiter_WrongFee: jury.WrongFeeError,
  JuryArbiter_WrongPanel: jury.WrongPanelError,
  JuryArbiter_WrongRuling: jury.WrongRulingError,
  JuryArbiter_WrongStage: jury.WrongStageError,
  JuryArbiter_ZeroAmount: jury.ZeroJurorAmountError,
  JuryArbiter_ZeroCommitment: jury.ZeroCommitmentError,
  JuryArbiter_ZeroRecipient: jury.ZeroJurorRecipientError,
  Offers_AlreadyRegistered: offers.AwardAlreadyRegisteredError,
  Offers_AwardedOnly: offers.AwardedOnlyError,
  Offers_BondHeld: offers.BondHeldError,
  Offers_Expired: offers.OfferExpiredError,
  Offers_InsufficientBond: offers.InsufficientBondError,
  Offers_NoConditions: offers.NoConditionsError,
  Offers_NonceUsed: offers.OfferNonceUsedError,
  Offers_NotMarketplace: offers.NotOffersMarketplaceError,
  Offers_NotPosted: offers.OfferNotPostedError,
  Offers_NotRegistered: offers.AwardNotRegisteredError,
  Offers_NotResumable: offers.NotResumableError,
  Offers_NotYourTurn: offers.OfferTurnError,
  Offers_OverLimit: offers.OverLimitError,
  Offers_PriceRises: offers.PriceRisesError,
  Offers_TooLittleGas: offers.SettlementGasError,
  Offers_WrongAward: offers.WrongAwardError,
  Offers_WrongBid: offers.WrongBidError,
  Offers_WrongCount: offers.WrongCountError,
  Offers_WrongPrice: offers.WrongPriceError,
  Offers_WrongSignature: offers.WrongOfferSignatureError,
  ProofArbiter_AlreadyOpen: proof.ProofAlreadyOpenError,
  ProofArbiter_NoContract: proof.NoProofContractError,
  ProofArbiter_NoCredit: proof.NoProofCreditError,
  ProofArbiter_NoSuchChunk: proof.NoSuchChunkError,
  ProofArbiter_NotMarketplace: proof.NotProofMarketplaceError,
  ProofArbiter_NotMissing: proof.ChunkNotMissingError,
  ProofArbiter_NotYourTurn: proof.NotYourTurnError,
  ProofArbiter_SameHash: proof.SameHashError,
  ProofArbiter_TimeIsLeft: proof.TimeIsLeftError,
  ProofArbiter_TimeIsUp: proof.TimeIsUpError,
  ProofArbiter_WrongCount: proof.WrongChunkCountError,
  ProofArbiter_WrongFee: proof.WrongProofFeeError,
  ProofArbiter_WrongGround: proof.WrongProofGroundError,
  ProofArbiter_WrongPart: proof.WrongPartError,
  ProofArbiter_WrongStage: proof.WrongProofStageError,
  ProofArbiter_ZeroClock: proof.ZeroClockError,
  ProofArbiter_ZeroRecipient: proof.ZeroProofRecipientError,
  Step_NoSuchInstruction: proof.NoSuchInstructionError,
  Step_NoSuchPhase: proof.NoSuchPhaseError,
  Step_NotRunning: proof.StepNotRunningError,
  Step_OutsideTree: proof.OutsideTreeError,
  Step_WitnessTooLong: proof.WitnessTooLongError,
  Step_WitnessTooShort: proof.WitnessTooShortError,
  Step_WrongChunk: proof.WrongChunkError,
  Step_WrongLeaf: proof.WrongStepLeafError,
  Step_WrongOwn: proof.WrongOwnError,
  Randomness_NotReady: jury.RandomnessNotReadyError,
  Randomness_WrongProof: jury.RandomnessProofError,
} as const satisfies {
  [Name in ContractErrorName]: new (
    args: ContractErrorArgs<Name>,
    options: { cause?: unknown },
  ) => ContractRevertError & { readonly code: Name };
};

/** The class of a custom error. */
export type ContractErrorOf<Name extends ContractErrorName> = InstanceType<(typeof classes)[Name]>;

/** The contracts' own error in what viem threw, or `undefined` when the call failed for another reason. */
export function toContractError(error: unknown): ContractRevertError | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  if (!(reverted instanceof ContractFunctionRevertedError) || reverted.data === undefined) {
    return undefined;
  }
  const { errorName, args = [] } = reverted.data;
  if (!Object.hasOwn(classes, errorName)) return undefined;
  const name = errorName as ContractErrorName;
  const inputs: readonly AbiParameter[] =
    contractErrors.find((item) => item.name === name)?.inputs ?? [];
  const named = Object.fromEntries(inputs.map((input, i) => [input.name, args[i]]));
  // The name chooses both the class and, by the ABI, the arguments; TypeScript cannot see that they belong together.
  const ErrorClass = classes[name] as new (
    args: Record<string, unknown>,
    options: { cause?: unknown },
  ) => ContractRevertError;
  return new ErrorClass(named, { cause: error });
}
