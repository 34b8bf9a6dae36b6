export {
  type AddCreditErrorType,
  type AddCreditParameters,
  type AddCreditReturnType,
  addCredit,
} from "./actions/addCredit.ts";
export {
  type AuditErrorType,
  type AuditedTask,
  type AuditParameters,
  type AuditReturnType,
  audit,
  type ExecuteTask,
} from "./actions/audit.ts";
export {
  type CallForErrorType,
  type CallForParameters,
  type CallForReturnType,
  callFor,
} from "./actions/callFor.ts";
export {
  type CallSignedErrorType,
  type CallSignedParameters,
  type CallSignedReturnType,
  callSigned,
} from "./actions/callSigned.ts";
export {
  type CancelErrorType,
  type CancelParameters,
  type CancelReturnType,
  cancel,
} from "./actions/cancel.ts";
export {
  type CanDecideErrorType,
  type CanDecideParameters,
  type CanDecideReturnType,
  canDecide,
} from "./actions/canDecide.ts";
export {
  type ChallengeErrorType,
  type ChallengeParameters,
  type ChallengeReturnType,
  challenge,
} from "./actions/challenge.ts";
export {
  type ClaimErrorType,
  type ClaimParameters,
  type ClaimReturnType,
  claim,
} from "./actions/claim.ts";
export {
  type DemandErrorType,
  type DemandParameters,
  type DemandReturnType,
  demand,
} from "./actions/demand.ts";
export {
  type DepositErrorType,
  type DepositParameters,
  type DepositReturnType,
  deposit,
} from "./actions/deposit.ts";
export {
  type EndTransactionsErrorType,
  type EndTransactionsParameters,
  endTransactions,
} from "./actions/endTransactions.ts";
export {
  type ExpireErrorType,
  type ExpireParameters,
  type ExpireReturnType,
  expire,
} from "./actions/expire.ts";
export {
  type ForfeitErrorType,
  type ForfeitParameters,
  type ForfeitReturnType,
  forfeit,
} from "./actions/forfeit.ts";
export {
  type GetAccountErrorType,
  type GetAccountParameters,
  type GetAccountReturnType,
  getAccount,
} from "./actions/getAccount.ts";
export {
  type GetArbiterFeeErrorType,
  type GetArbiterFeeParameters,
  type GetArbiterFeeReturnType,
  getArbiterFee,
} from "./actions/getArbiterFee.ts";
export {
  type GetBalanceErrorType,
  type GetBalanceParameters,
  type GetBalanceReturnType,
  getBalance,
} from "./actions/getBalance.ts";
export {
  type BatchState,
  type BatchStatus,
  type GetBatchesErrorType,
  type GetBatchesParameters,
  type GetBatchesReturnType,
  getBatches,
} from "./actions/getBatches.ts";
export {
  type BlockReceipts,
  type GetBlockEventsErrorType,
  type GetBlockEventsParameters,
  type GetBlockEventsReturnType,
  getBlockEvents,
} from "./actions/getBlockEvents.ts";
export {
  type GetCreditErrorType,
  type GetCreditParameters,
  type GetCreditReturnType,
  getCredit,
} from "./actions/getCredit.ts";
export {
  type GetFeesErrorType,
  type GetFeesParameters,
  type GetFeesReturnType,
  getFees,
} from "./actions/getFees.ts";
export {
  type GetJobErrorType,
  type GetJobParameters,
  type GetJobReturnType,
  getJob,
} from "./actions/getJob.ts";
export {
  type GetLeafStandsErrorType,
  type GetLeafStandsParameters,
  type GetLeafStandsReturnType,
  getLeafStands,
} from "./actions/getLeafStands.ts";
export {
  type EventPlace,
  type GetMarketEventsErrorType,
  type GetMarketEventsParameters,
  type GetMarketEventsReturnType,
  getMarketEvents,
  type MarketEvent,
} from "./actions/getMarketEvents.ts";
export {
  type GetNoncesErrorType,
  type GetNoncesParameters,
  type GetNoncesReturnType,
  getNonces,
} from "./actions/getNonces.ts";
export {
  type GetParametersErrorType,
  type GetParametersParameters,
  type GetParametersReturnType,
  getParameters,
} from "./actions/getParameters.ts";
export {
  type GetPendingQuestionsErrorType,
  type GetPendingQuestionsParameters,
  type GetPendingQuestionsReturnType,
  getPendingQuestions,
} from "./actions/getPendingQuestions.ts";
export {
  type GetPostedJobsErrorType,
  type GetPostedJobsParameters,
  type GetPostedJobsReturnType,
  getPostedJobs,
  type PostedJob,
} from "./actions/getPostedJobs.ts";
export {
  type GetPreparationErrorType,
  type GetPreparationParameters,
  type GetPreparationReturnType,
  getPreparation,
} from "./actions/getPreparation.ts";
export {
  type GetQuestionErrorType,
  type GetQuestionParameters,
  type GetQuestionReturnType,
  getQuestion,
} from "./actions/getQuestion.ts";
export {
  type GetQuestionCostsErrorType,
  type GetQuestionCostsParameters,
  type GetQuestionCostsReturnType,
  getQuestionCosts,
} from "./actions/getQuestionCosts.ts";
export {
  type GetRightsErrorType,
  type GetRightsParameters,
  type GetRightsReturnType,
  getRights,
} from "./actions/getRights.ts";
export {
  type GetRulingErrorType,
  type GetRulingParameters,
  type GetRulingReturnType,
  getRuling,
} from "./actions/getRuling.ts";
export {
  type GetSubmissionErrorType,
  type GetSubmissionParameters,
  type GetSubmissionReturnType,
  getSubmission,
  type Submission,
} from "./actions/getSubmission.ts";
export {
  type AdvanceDisputeErrorType,
  type AdvanceDisputeParameters,
  type AdvanceDisputeReturnType,
  advanceDispute,
} from "./actions/jury/advanceDispute.ts";
export {
  type AppealRulingErrorType,
  type AppealRulingParameters,
  type AppealRulingReturnType,
  appealRuling,
} from "./actions/jury/appealRuling.ts";
export {
  type CommitVerdictErrorType,
  type CommitVerdictParameters,
  type CommitVerdictReturnType,
  commitVerdict,
} from "./actions/jury/commitVerdict.ts";
export {
  type DepositJurorStakeErrorType,
  type DepositJurorStakeParameters,
  type DepositJurorStakeReturnType,
  depositJurorStake,
} from "./actions/jury/depositJurorStake.ts";
export {
  type DrawAndCommitVerdictErrorType,
  type DrawAndCommitVerdictParameters,
  type DrawAndCommitVerdictReturnType,
  drawAndCommitVerdict,
} from "./actions/jury/drawAndCommitVerdict.ts";
export {
  type DrawJuryErrorType,
  type DrawJuryParameters,
  type DrawJuryReturnType,
  drawJury,
} from "./actions/jury/drawJury.ts";
export {
  type GetAppealFeeErrorType,
  type GetAppealFeeParameters,
  type GetAppealFeeReturnType,
  getAppealFee,
} from "./actions/jury/getAppealFee.ts";
export {
  type GetDrawProofErrorType,
  type GetDrawProofParameters,
  type GetDrawProofReturnType,
  getDrawProof,
} from "./actions/jury/getDrawProof.ts";
export {
  type GetEligibleTicketsErrorType,
  type GetEligibleTicketsParameters,
  type GetEligibleTicketsReturnType,
  getEligibleTickets,
} from "./actions/jury/getEligibleTickets.ts";
export {
  type GetJurorErrorType,
  type GetJurorParameters,
  type GetJurorReturnType,
  getJuror,
} from "./actions/jury/getJuror.ts";
export {
  type GetJurorCreditErrorType,
  type GetJurorCreditParameters,
  type GetJurorCreditReturnType,
  getJurorCredit,
} from "./actions/jury/getJurorCredit.ts";
export {
  type GetJuryEventsErrorType,
  type GetJuryEventsParameters,
  type GetJuryEventsReturnType,
  getJuryEvents,
  type JuryEvent,
} from "./actions/jury/getJuryEvents.ts";
export {
  type GetJuryParametersErrorType,
  type GetJuryParametersParameters,
  type GetJuryParametersReturnType,
  getJuryParameters,
} from "./actions/jury/getJuryParameters.ts";
export {
  type GetPanelErrorType,
  type GetPanelParameters,
  type GetPanelReturnType,
  getPanel,
} from "./actions/jury/getPanel.ts";
export {
  type GetStandingErrorType,
  type GetStandingParameters,
  type GetStandingReturnType,
  getStanding,
  type Stage,
} from "./actions/jury/getStanding.ts";
export {
  type RevealVerdictErrorType,
  type RevealVerdictParameters,
  type RevealVerdictReturnType,
  revealVerdict,
} from "./actions/jury/revealVerdict.ts";
export {
  type SettleDisputeErrorType,
  type SettleDisputeParameters,
  type SettleDisputeReturnType,
  settleDispute,
} from "./actions/jury/settleDispute.ts";
export {
  type SimulateDrawErrorType,
  type SimulateDrawParameters,
  type SimulateDrawReturnType,
  simulateDraw,
} from "./actions/jury/simulateDraw.ts";
export {
  type UnbondJurorStakeErrorType,
  type UnbondJurorStakeParameters,
  type UnbondJurorStakeReturnType,
  unbondJurorStake,
} from "./actions/jury/unbondJurorStake.ts";
export {
  type WithdrawJurorCreditErrorType,
  type WithdrawJurorCreditParameters,
  type WithdrawJurorCreditReturnType,
  withdrawJurorCredit,
} from "./actions/jury/withdrawJurorCredit.ts";
export {
  type WithdrawJurorStakeErrorType,
  type WithdrawJurorStakeParameters,
  type WithdrawJurorStakeReturnType,
  withdrawJurorStake,
} from "./actions/jury/withdrawJurorStake.ts";
export { type LogRefusal, logRefusal } from "./actions/logRefusal.ts";
export type { LogRange } from "./actions/logs.ts";
export {
  type OpenJobErrorType,
  type OpenJobParameters,
  type OpenJobReturnType,
  openJob,
} from "./actions/openJob.ts";
export {
  type PostJobErrorType,
  type PostJobParameters,
  type PostJobReturnType,
  postJob,
} from "./actions/postJob.ts";
export {
  type PrepareQuestionErrorType,
  type PrepareQuestionParameters,
  type PrepareQuestionReturnType,
  prepareQuestion,
} from "./actions/prepareQuestion.ts";
export type { ReadParameters } from "./actions/read.ts";
export {
  type RebondErrorType,
  type RebondParameters,
  type RebondReturnType,
  rebond,
} from "./actions/rebond.ts";
export {
  type ReclaimPreparationErrorType,
  type ReclaimPreparationParameters,
  type ReclaimPreparationReturnType,
  reclaimPreparation,
} from "./actions/reclaimPreparation.ts";
export {
  type ReleaseErrorType,
  type ReleaseParameters,
  type ReleaseReturnType,
  release,
} from "./actions/release.ts";
export {
  type ResolveErrorType,
  type ResolveParameters,
  type ResolveReturnType,
  resolve,
} from "./actions/resolve.ts";
export {
  type RevealErrorType,
  type RevealParameters,
  type RevealReturnType,
  reveal,
} from "./actions/reveal.ts";
export {
  type RunJobErrorType,
  type RunJobParameters,
  type RunJobProgress,
  type RunJobReturnType,
  runJob,
} from "./actions/runJob.ts";
export {
  type SetRightsErrorType,
  type SetRightsParameters,
  type SetRightsReturnType,
  setRights,
} from "./actions/setRights.ts";
export {
  type SettleErrorType,
  type SettleParameters,
  type SettleReturnType,
  settle,
} from "./actions/settle.ts";
export {
  type SignCallErrorType,
  type SignCallParameters,
  type SignCallReturnType,
  signCall,
} from "./actions/signCall.ts";
export type { Slash } from "./actions/slash.ts";
export {
  type SubmitErrorType,
  type SubmitParameters,
  type SubmitReturnType,
  submit,
} from "./actions/submit.ts";
export {
  type SubmitJobErrorType,
  type SubmitJobParameters,
  type SubmitJobProgress,
  type SubmitJobReturnType,
  submitJob,
} from "./actions/submitJob.ts";
export {
  type UnbondErrorType,
  type UnbondParameters,
  type UnbondReturnType,
  unbond,
} from "./actions/unbond.ts";
export {
  type UseNoncesErrorType,
  type UseNoncesParameters,
  type UseNoncesReturnType,
  useNonces,
} from "./actions/useNonces.ts";
export {
  type WithdrawErrorType,
  type WithdrawParameters,
  type WithdrawReturnType,
  withdraw,
} from "./actions/withdraw.ts";
export {
  type WithdrawStakeErrorType,
  type WithdrawStakeParameters,
  type WithdrawStakeReturnType,
  withdrawStake,
} from "./actions/withdrawStake.ts";
export type { WriteErrorType, WriteParameters, WriteReturnType } from "./actions/write.ts";
export { decodeCall, encodeCall } from "./calls/encodeCall.ts";
export { signedCallTypedData } from "./calls/signedCallTypedData.ts";
export { blake3 } from "./cid/blake3.ts";
export { type ChainCid, fromChainCid, isChainCid, toChainCid } from "./cid/chainCid.ts";
export { cidOf } from "./cid/cidOf.ts";
export type { BlockCodec } from "./cid/codec.ts";
export { verifyBlock } from "./cid/verifyBlock.ts";
export type { Announcer } from "./clients/announcer.ts";
export { createJuryClient, type JuryActions, type JuryClient } from "./clients/createJuryClient.ts";
export {
  type CreateMarketClientParameters,
  createMarketClient,
  type MarketClient,
} from "./clients/createMarketClient.ts";
export { type Deployment, deployments } from "./clients/deployments.ts";
export type { MarketActions } from "./clients/marketActions.ts";
export type { ChainContext, JuryContext, MarketContext } from "./clients/marketContext.ts";
export {
  type AbortOptions,
  type BlockReader,
  type Content,
  MAX_BLOCK_BYTES,
} from "./content/content.ts";
export { type GetBytesOptions, getBytes } from "./content/getBytes.ts";
export { memoryContent } from "./content/memoryContent.ts";
export { MAX_CONTENT_BYTES, putBytes } from "./content/putBytes.ts";
export { AssayError, type AssayErrorOptions } from "./errors/base.ts";
export {
  BlockMismatchError,
  ContentNotFoundError,
  ContentTooLargeError,
  MalformedContentError,
  UnsupportedCidError,
} from "./errors/content.ts";
export type { ContractErrorOf } from "./errors/contract.ts";
export {
  type ContractErrorArgs,
  type ContractErrorName,
  ContractRevertError,
  type RevertedTransaction,
} from "./errors/contractRevert.ts";
export { JobIncompleteError, type JobIncompleteErrorCode, ResultError } from "./errors/job.ts";
export {
  AlreadyCommittedError,
  BelowTicketError,
  CommitmentMismatchError,
  DisputeAlreadyOpenError,
  EvenJuryError,
  InsufficientJurorStakeError,
  JurorStakeLockedError,
  JurorStillUnbondingError,
  JuryOutOfBoundsError,
  NobodyToDrawError,
  NoJurorCreditError,
  NoMarketplaceError,
  NoRandomnessError,
  NotCommittingError,
  NotDrawnError,
  NothingToAdvanceError,
  NothingUnbondingError,
  NotMarketplaceError,
  NotRevealingError,
  NoVerdictError,
  PoolFullError,
  RandomnessNotReadyError,
  RandomnessProofError,
  WrongFeeError,
  WrongPanelError,
  WrongRulingError,
  WrongStageError,
  ZeroCommitmentError,
  ZeroJurorAmountError,
  ZeroJurorRecipientError,
} from "./errors/jury.ts";
export { ManifestError, type ManifestErrorCode } from "./errors/manifest.ts";
export {
  AccountRequiredError,
  ArbiterNotReadyError,
  BatchNotSubmittedError,
  ChainDataError,
  ContentRequiredError,
  DeploymentUnknownError,
  FeeCapError,
  InsufficientBalanceError,
  JobNotFoundError,
  LogsRefusedError,
  TransactionDroppedError,
  TransactionReplacedError,
  TransactionRevertedError,
} from "./errors/market.ts";
export {
  AlreadyPostedError,
  AlreadyPreparedError,
  AmountTooLargeError,
  ChallengeWindowOpenError,
  ChallengeWindowOverError,
  ClaimingClosedError,
  InsufficientCreditError,
  InsufficientStakeError,
  InsufficientUnbondingError,
  InvalidShortStringError,
  JobIsCancelledError,
  LeafStandsError,
  MalformedCidError,
  MarketplaceBalanceError,
  NoArbiterError,
  NoContractError,
  NoCreditError,
  NonceUsedError,
  NoRightError,
  NoSuchBatchError,
  NoSuchTaskError,
  NotAskedError,
  NotClaimerError,
  NotOverdueError,
  NotPostedError,
  NotPreparedError,
  NotRequesterError,
  NotRuledError,
  OutOfBoundsError,
  OverdueError,
  RecipientRefusedError,
  ReentrantCallError,
  ScoreTooLowError,
  SignatureExpiredError,
  SpecMismatchError,
  StillUnbondingError,
  StringTooLongError,
  TokenTransferFailedError,
  TooLittleGasError,
  WrongEscrowError,
  WrongGroundError,
  WrongJobError,
  WrongLeafError,
  WrongRootError,
  WrongSignatureError,
  WrongStatusError,
  WrongValueError,
  ZeroAmountError,
  ZeroRecipientError,
  ZeroResultRootError,
} from "./errors/marketplace.ts";
export {
  InvalidProgramError,
  type InvalidProgramErrorCode,
  ProgramCompileError,
  ProgramHostError,
} from "./errors/program.ts";
export {
  InsufficientTokenBalanceError,
  TokenNotFoundError,
  TokenTakesFeeError,
} from "./errors/token.ts";
export { WireError } from "./errors/wire.ts";
export { arbiterAbi } from "./generated/arbiterAbi.ts";
export { juryArbiterAbi } from "./generated/juryArbiterAbi.ts";
export { marketplaceAbi } from "./generated/marketplaceAbi.ts";
export { randomnessAbi } from "./generated/randomnessAbi.ts";
export type { AuditedJobTask, ChallengeTaskOptions, JobAuditOptions } from "./job/audit.ts";
export { batchCount, batchRange } from "./job/batches.ts";
export { type Execution, entryOf, isResultOf } from "./job/compare.ts";
export {
  hashDispute,
  questionCommitment,
  randomSalt,
  toResultLeaf,
  verdictCommitment,
} from "./job/dispute.ts";
export type { JobHandle, JobStatus } from "./job/handle.ts";
export { type ChainJobSpec, hashSpec, hashTerms, toChainSpec } from "./job/hash.ts";
export type { EscrowSource } from "./job/requireEscrow.ts";
export type { ResultsOptions, TaskResult } from "./job/results.ts";
export { sampleTasks } from "./job/sample.ts";
export { PAGE_ENTRIES } from "./manifest/layout.ts";
export {
  type InputManifest,
  type OpenInputManifestParameters,
  type OpenResultManifestParameters,
  openInputManifest,
  openResultManifest,
  type ResultManifest,
} from "./manifest/read.ts";
export {
  type WrittenManifest,
  writeInputManifest,
  writeResultManifest,
} from "./manifest/write.ts";
export { inputLeaf, resultLeaf } from "./merkle/leaf.ts";
export { type MerkleProof, merkleProof, merkleRoot, verifyMerkleProof } from "./merkle/tree.ts";
export {
  type CompileProgramParameters,
  compileProgram,
  DEFAULT_MEMORY_PAGES,
} from "./program/compileProgram.ts";
export { inspectProgram, MAX_PROGRAM_BYTES, type ProgramInfo } from "./program/inspectProgram.ts";
export {
  INSTRUMENTATION_VERSION,
  INSTRUMENTED_EXPORT,
  MAX_DEPTH,
  MAX_FUEL,
  MAX_INSTRUMENTED_BYTES,
  STOP,
} from "./program/instrument/abi.ts";
export { instrumentProgram } from "./program/instrument/instrumentProgram.ts";
export {
  type RunProgramParameters,
  type RunProgramReturnType,
  runProgram,
} from "./program/runProgram.ts";
export type { Fees } from "./transactions/fees.ts";
export type { TransactionNews } from "./transactions/news.ts";
export {
  memoryTransactionStore,
  type StoredTransaction,
  type TransactionStore,
  type TransactionVersion,
} from "./transactions/transactionStore.ts";
export {
  type Dispute,
  type DisputeId,
  Ground,
  type ResultLeaf,
  Ruling,
} from "./types/dispute.ts";
export {
  type InputEntry,
  type JobId,
  type JobSpec,
  type JobTerms,
  Outcome,
  type ResultEntry,
} from "./types/job.ts";
export type { AskedQuestion, Inquiry, Question } from "./types/question.ts";
export { decodeRights, encodeRights, type Right, type SignedCall } from "./types/rights.ts";
export {
  decodeJobHint,
  encodeJobHint,
  type JobHint,
  jobsTopic,
  MAX_HINT_BYTES,
} from "./wire/jobHint.ts";
