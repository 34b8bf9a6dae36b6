export {
  type CompileProgramParameters,
  compileProgram,
  DEFAULT_MEMORY_PAGES,
} from "./compile/compileProgram.ts";
export { arbiterAbi } from "./generated/arbiterAbi.ts";
export { juryArbiterAbi } from "./generated/juryArbiterAbi.ts";
export { marketplaceAbi } from "./generated/marketplaceAbi.ts";
export { randomnessAbi } from "./generated/randomnessAbi.ts";
export {
  type AddCreditErrorType,
  type AddCreditParameters,
  type AddCreditReturnType,
  addCredit,
} from "./market/actions/account/addCredit.ts";
export {
  type EndTransactionsErrorType,
  type EndTransactionsParameters,
  endTransactions,
} from "./market/actions/account/endTransactions.ts";
export {
  type WithdrawErrorType,
  type WithdrawParameters,
  type WithdrawReturnType,
  withdraw,
} from "./market/actions/account/withdraw.ts";
export {
  type AuditErrorType,
  type AuditedTask,
  type AuditParameters,
  type AuditReturnType,
  audit,
  type ExecuteTask,
} from "./market/actions/dispute/audit.ts";
export {
  type ChallengeErrorType,
  type ChallengeParameters,
  type ChallengeReturnType,
  challenge,
} from "./market/actions/dispute/challenge.ts";
export {
  type DemandErrorType,
  type DemandParameters,
  type DemandReturnType,
  demand,
} from "./market/actions/dispute/demand.ts";
export {
  type ForfeitErrorType,
  type ForfeitParameters,
  type ForfeitReturnType,
  forfeit,
} from "./market/actions/dispute/forfeit.ts";
export {
  type PrepareQuestionErrorType,
  type PrepareQuestionParameters,
  type PrepareQuestionReturnType,
  prepareQuestion,
} from "./market/actions/dispute/prepareQuestion.ts";
export {
  type ReclaimPreparationErrorType,
  type ReclaimPreparationParameters,
  type ReclaimPreparationReturnType,
  reclaimPreparation,
} from "./market/actions/dispute/reclaimPreparation.ts";
export {
  type ResolveErrorType,
  type ResolveParameters,
  type ResolveReturnType,
  resolve,
} from "./market/actions/dispute/resolve.ts";
export type { Slash } from "./market/actions/dispute/slash.ts";
export {
  type AdvanceDisputeErrorType,
  type AdvanceDisputeParameters,
  type AdvanceDisputeReturnType,
  advanceDispute,
} from "./market/actions/jury/advanceDispute.ts";
export {
  type AppealRulingErrorType,
  type AppealRulingParameters,
  type AppealRulingReturnType,
  appealRuling,
} from "./market/actions/jury/appealRuling.ts";
export {
  type CommitVerdictErrorType,
  type CommitVerdictParameters,
  type CommitVerdictReturnType,
  commitVerdict,
} from "./market/actions/jury/commitVerdict.ts";
export {
  type DepositJurorStakeErrorType,
  type DepositJurorStakeParameters,
  type DepositJurorStakeReturnType,
  depositJurorStake,
} from "./market/actions/jury/depositJurorStake.ts";
export {
  type DrawAndCommitVerdictErrorType,
  type DrawAndCommitVerdictParameters,
  type DrawAndCommitVerdictReturnType,
  drawAndCommitVerdict,
} from "./market/actions/jury/drawAndCommitVerdict.ts";
export {
  type DrawJuryErrorType,
  type DrawJuryParameters,
  type DrawJuryReturnType,
  drawJury,
} from "./market/actions/jury/drawJury.ts";
export {
  type GetAppealFeeErrorType,
  type GetAppealFeeParameters,
  type GetAppealFeeReturnType,
  getAppealFee,
} from "./market/actions/jury/getAppealFee.ts";
export {
  type GetDrawProofErrorType,
  type GetDrawProofParameters,
  type GetDrawProofReturnType,
  getDrawProof,
} from "./market/actions/jury/getDrawProof.ts";
export {
  type GetEligibleTicketsErrorType,
  type GetEligibleTicketsParameters,
  type GetEligibleTicketsReturnType,
  getEligibleTickets,
} from "./market/actions/jury/getEligibleTickets.ts";
export {
  type GetJurorErrorType,
  type GetJurorParameters,
  type GetJurorReturnType,
  getJuror,
} from "./market/actions/jury/getJuror.ts";
export {
  type GetJurorCreditErrorType,
  type GetJurorCreditParameters,
  type GetJurorCreditReturnType,
  getJurorCredit,
} from "./market/actions/jury/getJurorCredit.ts";
export {
  type GetJuryEventsErrorType,
  type GetJuryEventsParameters,
  type GetJuryEventsReturnType,
  getJuryEvents,
  type JuryEvent,
} from "./market/actions/jury/getJuryEvents.ts";
export {
  type GetJuryParametersErrorType,
  type GetJuryParametersParameters,
  type GetJuryParametersReturnType,
  getJuryParameters,
} from "./market/actions/jury/getJuryParameters.ts";
export {
  type GetPanelErrorType,
  type GetPanelParameters,
  type GetPanelReturnType,
  getPanel,
} from "./market/actions/jury/getPanel.ts";
export {
  type GetStandingErrorType,
  type GetStandingParameters,
  type GetStandingReturnType,
  getStanding,
  type Stage,
} from "./market/actions/jury/getStanding.ts";
export {
  type RevealVerdictErrorType,
  type RevealVerdictParameters,
  type RevealVerdictReturnType,
  revealVerdict,
} from "./market/actions/jury/revealVerdict.ts";
export {
  type SettleDisputeErrorType,
  type SettleDisputeParameters,
  type SettleDisputeReturnType,
  settleDispute,
} from "./market/actions/jury/settleDispute.ts";
export {
  type SimulateDrawErrorType,
  type SimulateDrawParameters,
  type SimulateDrawReturnType,
  simulateDraw,
} from "./market/actions/jury/simulateDraw.ts";
export {
  type UnbondJurorStakeErrorType,
  type UnbondJurorStakeParameters,
  type UnbondJurorStakeReturnType,
  unbondJurorStake,
} from "./market/actions/jury/unbondJurorStake.ts";
export {
  type WithdrawJurorCreditErrorType,
  type WithdrawJurorCreditParameters,
  type WithdrawJurorCreditReturnType,
  withdrawJurorCredit,
} from "./market/actions/jury/withdrawJurorCredit.ts";
export {
  type WithdrawJurorStakeErrorType,
  type WithdrawJurorStakeParameters,
  type WithdrawJurorStakeReturnType,
  withdrawJurorStake,
} from "./market/actions/jury/withdrawJurorStake.ts";
export {
  type CallForErrorType,
  type CallForParameters,
  type CallForReturnType,
  callFor,
} from "./market/actions/operator/callFor.ts";
export {
  type CallSignedErrorType,
  type CallSignedParameters,
  type CallSignedReturnType,
  callSigned,
} from "./market/actions/operator/callSigned.ts";
export {
  type SetRightsErrorType,
  type SetRightsParameters,
  type SetRightsReturnType,
  setRights,
} from "./market/actions/operator/setRights.ts";
export {
  type SignCallErrorType,
  type SignCallParameters,
  type SignCallReturnType,
  signCall,
} from "./market/actions/operator/signCall.ts";
export {
  type UseNoncesErrorType,
  type UseNoncesParameters,
  type UseNoncesReturnType,
  useNonces,
} from "./market/actions/operator/useNonces.ts";
export {
  type CanDecideErrorType,
  type CanDecideParameters,
  type CanDecideReturnType,
  canDecide,
} from "./market/actions/read/canDecide.ts";
export {
  type GetAccountErrorType,
  type GetAccountParameters,
  type GetAccountReturnType,
  getAccount,
} from "./market/actions/read/getAccount.ts";
export {
  type GetArbiterFeeErrorType,
  type GetArbiterFeeParameters,
  type GetArbiterFeeReturnType,
  getArbiterFee,
} from "./market/actions/read/getArbiterFee.ts";
export {
  type GetBalanceErrorType,
  type GetBalanceParameters,
  type GetBalanceReturnType,
  getBalance,
} from "./market/actions/read/getBalance.ts";
export {
  type BatchState,
  type BatchStatus,
  type GetBatchesErrorType,
  type GetBatchesParameters,
  type GetBatchesReturnType,
  getBatches,
} from "./market/actions/read/getBatches.ts";
export {
  type BlockReceipts,
  type GetBlockEventsErrorType,
  type GetBlockEventsParameters,
  type GetBlockEventsReturnType,
  getBlockEvents,
} from "./market/actions/read/getBlockEvents.ts";
export {
  type GetCreditErrorType,
  type GetCreditParameters,
  type GetCreditReturnType,
  getCredit,
} from "./market/actions/read/getCredit.ts";
export {
  type GetFeesErrorType,
  type GetFeesParameters,
  type GetFeesReturnType,
  getFees,
} from "./market/actions/read/getFees.ts";
export {
  type GetJobErrorType,
  type GetJobParameters,
  type GetJobReturnType,
  getJob,
} from "./market/actions/read/getJob.ts";
export {
  type GetLeafStandsErrorType,
  type GetLeafStandsParameters,
  type GetLeafStandsReturnType,
  getLeafStands,
} from "./market/actions/read/getLeafStands.ts";
export {
  type EventPlace,
  type GetMarketEventsErrorType,
  type GetMarketEventsParameters,
  type GetMarketEventsReturnType,
  getMarketEvents,
  type MarketEvent,
} from "./market/actions/read/getMarketEvents.ts";
export {
  type GetNoncesErrorType,
  type GetNoncesParameters,
  type GetNoncesReturnType,
  getNonces,
} from "./market/actions/read/getNonces.ts";
export {
  type GetParametersErrorType,
  type GetParametersParameters,
  type GetParametersReturnType,
  getParameters,
} from "./market/actions/read/getParameters.ts";
export {
  type GetPendingQuestionsErrorType,
  type GetPendingQuestionsParameters,
  type GetPendingQuestionsReturnType,
  getPendingQuestions,
} from "./market/actions/read/getPendingQuestions.ts";
export {
  type GetPostedJobsErrorType,
  type GetPostedJobsParameters,
  type GetPostedJobsReturnType,
  getPostedJobs,
  type PostedJob,
} from "./market/actions/read/getPostedJobs.ts";
export {
  type GetPreparationErrorType,
  type GetPreparationParameters,
  type GetPreparationReturnType,
  getPreparation,
} from "./market/actions/read/getPreparation.ts";
export {
  type GetQuestionErrorType,
  type GetQuestionParameters,
  type GetQuestionReturnType,
  getQuestion,
} from "./market/actions/read/getQuestion.ts";
export {
  type GetQuestionCostsErrorType,
  type GetQuestionCostsParameters,
  type GetQuestionCostsReturnType,
  getQuestionCosts,
} from "./market/actions/read/getQuestionCosts.ts";
export {
  type GetRightsErrorType,
  type GetRightsParameters,
  type GetRightsReturnType,
  getRights,
} from "./market/actions/read/getRights.ts";
export {
  type GetRulingErrorType,
  type GetRulingParameters,
  type GetRulingReturnType,
  getRuling,
} from "./market/actions/read/getRuling.ts";
export {
  type GetSubmissionErrorType,
  type GetSubmissionParameters,
  type GetSubmissionReturnType,
  getSubmission,
  type Submission,
} from "./market/actions/read/getSubmission.ts";
export {
  type CancelErrorType,
  type CancelParameters,
  type CancelReturnType,
  cancel,
} from "./market/actions/requester/cancel.ts";
export {
  type PostJobErrorType,
  type PostJobParameters,
  type PostJobReturnType,
  postJob,
} from "./market/actions/requester/postJob.ts";
export type { EscrowSource } from "./market/actions/requester/requireEscrow.ts";
export {
  type ClaimErrorType,
  type ClaimParameters,
  type ClaimReturnType,
  claim,
} from "./market/actions/worker/claim.ts";
export {
  type DepositErrorType,
  type DepositParameters,
  type DepositReturnType,
  deposit,
} from "./market/actions/worker/deposit.ts";
export {
  type ExpireErrorType,
  type ExpireParameters,
  type ExpireReturnType,
  expire,
} from "./market/actions/worker/expire.ts";
export {
  type RebondErrorType,
  type RebondParameters,
  type RebondReturnType,
  rebond,
} from "./market/actions/worker/rebond.ts";
export {
  type ReleaseErrorType,
  type ReleaseParameters,
  type ReleaseReturnType,
  release,
} from "./market/actions/worker/release.ts";
export {
  type RevealErrorType,
  type RevealParameters,
  type RevealReturnType,
  reveal,
} from "./market/actions/worker/reveal.ts";
export {
  type SettleErrorType,
  type SettleParameters,
  type SettleReturnType,
  settle,
} from "./market/actions/worker/settle.ts";
export {
  type SubmitErrorType,
  type SubmitParameters,
  type SubmitReturnType,
  submit,
} from "./market/actions/worker/submit.ts";
export {
  type UnbondErrorType,
  type UnbondParameters,
  type UnbondReturnType,
  unbond,
} from "./market/actions/worker/unbond.ts";
export {
  type WithdrawStakeErrorType,
  type WithdrawStakeParameters,
  type WithdrawStakeReturnType,
  withdrawStake,
} from "./market/actions/worker/withdrawStake.ts";
export { decodeCall, encodeCall } from "./market/calls/encodeCall.ts";
export { decodeRights, encodeRights, type Right, type SignedCall } from "./market/calls/rights.ts";
export { signedCallTypedData } from "./market/calls/signedCallTypedData.ts";
export { type LogRefusal, logRefusal } from "./market/chain/logRefusal.ts";
export type { LogRange } from "./market/chain/logs.ts";
export type { ReadParameters } from "./market/chain/read.ts";
export type { WriteErrorType, WriteParameters, WriteReturnType } from "./market/chain/write.ts";
export {
  createJuryClient,
  type JuryActions,
  type JuryClient,
} from "./market/clients/createJuryClient.ts";
export {
  type CreateMarketClientParameters,
  createMarketClient,
  type MarketClient,
} from "./market/clients/createMarketClient.ts";
export { type Deployment, deployments } from "./market/clients/deployments.ts";
export type { MarketActions } from "./market/clients/marketActions.ts";
export type { Announcer } from "./market/context/announcer.ts";
export type { ChainContext, JuryContext, MarketContext } from "./market/context/marketContext.ts";
export type { TransactionNews } from "./market/context/news.ts";
export {
  memoryTransactionStore,
  type StoredTransaction,
  type TransactionStore,
  type TransactionVersion,
} from "./market/context/transactionStore.ts";
export type { ContractErrorOf } from "./market/errors/contract.ts";
export {
  type ContractErrorArgs,
  type ContractErrorName,
  ContractRevertError,
  type RevertedTransaction,
} from "./market/errors/contractRevert.ts";
export {
  JobIncompleteError,
  type JobIncompleteErrorCode,
  ResultError,
} from "./market/errors/job.ts";
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
} from "./market/errors/jury.ts";
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
} from "./market/errors/market.ts";
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
} from "./market/errors/marketplace.ts";
export {
  InsufficientTokenBalanceError,
  TokenNotFoundError,
  TokenTakesFeeError,
} from "./market/errors/token.ts";
export type { AuditedJobTask, ChallengeTaskOptions, JobAuditOptions } from "./market/job/audit.ts";
export type { JobHandle, JobStatus } from "./market/job/handle.ts";
export {
  type OpenJobErrorType,
  type OpenJobParameters,
  type OpenJobReturnType,
  openJob,
} from "./market/job/openJob.ts";
export type { ResultsOptions, TaskResult } from "./market/job/results.ts";
export {
  type RunJobErrorType,
  type RunJobParameters,
  type RunJobProgress,
  type RunJobReturnType,
  runJob,
} from "./market/job/runJob.ts";
export {
  type SubmitJobErrorType,
  type SubmitJobParameters,
  type SubmitJobProgress,
  type SubmitJobReturnType,
  submitJob,
} from "./market/job/submitJob.ts";
export type { Fees } from "./market/transactions/fees.ts";
export {
  INSTRUMENTATION_VERSION,
  INSTRUMENTED_EXPORT,
  MAX_DEPTH,
  MAX_FUEL,
  MAX_INSTRUMENTED_BYTES,
  STOP,
} from "./program/abi/instrumented.ts";
export {
  InvalidProgramError,
  type InvalidProgramErrorCode,
  ProgramCompileError,
  ProgramHostError,
} from "./program/errors/program.ts";
export {
  inspectProgram,
  MAX_PROGRAM_BYTES,
  type ProgramInfo,
} from "./program/inspect/inspectProgram.ts";
export { instrumentProgram } from "./program/instrument/instrumentProgram.ts";
export {
  type RunProgramParameters,
  type RunProgramReturnType,
  runProgram,
} from "./program/run/runProgram.ts";
export { blake3 } from "./protocol/cid/blake3.ts";
export { type ChainCid, fromChainCid, isChainCid, toChainCid } from "./protocol/cid/chainCid.ts";
export { cidOf } from "./protocol/cid/cidOf.ts";
export type { BlockCodec } from "./protocol/cid/codec.ts";
export { verifyBlock } from "./protocol/cid/verifyBlock.ts";
export {
  type AbortOptions,
  type BlockReader,
  type Content,
  MAX_BLOCK_BYTES,
} from "./protocol/content/content.ts";
export { type GetBytesOptions, getBytes } from "./protocol/content/getBytes.ts";
export { memoryContent } from "./protocol/content/memoryContent.ts";
export { MAX_CONTENT_BYTES, putBytes } from "./protocol/content/putBytes.ts";
export {
  type Dispute,
  type DisputeId,
  Ground,
  type ResultLeaf,
  Ruling,
} from "./protocol/dispute/dispute.ts";
export {
  hashDispute,
  questionCommitment,
  randomSalt,
  toResultLeaf,
  verdictCommitment,
} from "./protocol/dispute/hash.ts";
export type { AskedQuestion, Inquiry, Question } from "./protocol/dispute/question.ts";
export { AssayError, type AssayErrorOptions } from "./protocol/errors/base.ts";
export {
  BlockMismatchError,
  ContentNotFoundError,
  ContentTooLargeError,
  MalformedContentError,
  UnsupportedCidError,
} from "./protocol/errors/content.ts";
export { ManifestError, type ManifestErrorCode } from "./protocol/errors/manifest.ts";
export { WireError } from "./protocol/errors/wire.ts";
export { batchCount, batchRange } from "./protocol/job/batches.ts";
export { type Execution, entryOf, isResultOf } from "./protocol/job/compare.ts";
export { type ChainJobSpec, hashSpec, hashTerms, toChainSpec } from "./protocol/job/hash.ts";
export {
  type InputEntry,
  type JobId,
  type JobSpec,
  type JobTerms,
  Outcome,
  type ResultEntry,
} from "./protocol/job/job.ts";
export { sampleTasks } from "./protocol/job/sample.ts";
export { PAGE_ENTRIES } from "./protocol/manifest/layout.ts";
export {
  type InputManifest,
  type OpenInputManifestParameters,
  type OpenResultManifestParameters,
  openInputManifest,
  openResultManifest,
  type ResultManifest,
} from "./protocol/manifest/read.ts";
export {
  type WrittenManifest,
  writeInputManifest,
  writeResultManifest,
} from "./protocol/manifest/write.ts";
export { inputLeaf, resultLeaf } from "./protocol/merkle/leaf.ts";
export {
  type MerkleProof,
  merkleProof,
  merkleRoot,
  verifyMerkleProof,
} from "./protocol/merkle/tree.ts";
export {
  decodeJobHint,
  encodeJobHint,
  type JobHint,
  jobsTopic,
  MAX_HINT_BYTES,
} from "./protocol/wire/jobHint.ts";
