export {
  type CancelErrorType,
  type CancelParameters,
  type CancelReturnType,
  cancel,
} from "./actions/cancel.ts";
export {
  type ClaimErrorType,
  type ClaimParameters,
  type ClaimReturnType,
  claim,
} from "./actions/claim.ts";
export {
  type DepositErrorType,
  type DepositParameters,
  type DepositReturnType,
  deposit,
} from "./actions/deposit.ts";
export {
  type ExpireErrorType,
  type ExpireParameters,
  type ExpireReturnType,
  expire,
} from "./actions/expire.ts";
export {
  type GetAccountErrorType,
  type GetAccountParameters,
  type GetAccountReturnType,
  getAccount,
} from "./actions/getAccount.ts";
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
  type GetCreditErrorType,
  type GetCreditParameters,
  type GetCreditReturnType,
  getCredit,
} from "./actions/getCredit.ts";
export {
  type GetJobErrorType,
  type GetJobParameters,
  type GetJobReturnType,
  getJob,
} from "./actions/getJob.ts";
export {
  type EventPlace,
  type GetMarketEventsErrorType,
  type GetMarketEventsParameters,
  type GetMarketEventsReturnType,
  getMarketEvents,
  type MarketEvent,
} from "./actions/getMarketEvents.ts";
export {
  type GetParametersErrorType,
  type GetParametersParameters,
  type GetParametersReturnType,
  getParameters,
} from "./actions/getParameters.ts";
export {
  type GetPostedJobsErrorType,
  type GetPostedJobsParameters,
  type GetPostedJobsReturnType,
  getPostedJobs,
  type PostedJob,
} from "./actions/getPostedJobs.ts";
export {
  type GetSubmissionErrorType,
  type GetSubmissionParameters,
  type GetSubmissionReturnType,
  getSubmission,
  type Submission,
} from "./actions/getSubmission.ts";
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
export type { ReadParameters } from "./actions/read.ts";
export {
  type RebondErrorType,
  type RebondParameters,
  type RebondReturnType,
  rebond,
} from "./actions/rebond.ts";
export {
  type RunJobErrorType,
  type RunJobParameters,
  type RunJobProgress,
  type RunJobReturnType,
  runJob,
} from "./actions/runJob.ts";
export {
  type SettleErrorType,
  type SettleParameters,
  type SettleReturnType,
  settle,
} from "./actions/settle.ts";
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
export { blake3 } from "./cid/blake3.ts";
export { type ChainCid, fromChainCid, isChainCid, toChainCid } from "./cid/chainCid.ts";
export { cidOf } from "./cid/cidOf.ts";
export type { BlockCodec } from "./cid/codec.ts";
export { verifyBlock } from "./cid/verifyBlock.ts";
export type { Announcer } from "./clients/announcer.ts";
export {
  type CreateMarketClientParameters,
  createMarketClient,
  type MarketClient,
} from "./clients/createMarketClient.ts";
export { type Deployment, deployments } from "./clients/deployments.ts";
export type { MarketActions } from "./clients/marketActions.ts";
export type { MarketContext } from "./clients/marketContext.ts";
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
export {
  AlreadyPostedError,
  AmountTooLargeError,
  ChallengeWindowOpenError,
  ChallengeWindowOverError,
  ClaimingClosedError,
  type ContractErrorArgs,
  type ContractErrorName,
  type ContractErrorOf,
  ContractRevertError,
  InsufficientStakeError,
  InsufficientUnbondingError,
  JobIsCancelledError,
  MalformedCidError,
  MarketplaceBalanceError,
  NoArbiterError,
  NoCreditError,
  NoSuchBatchError,
  NoSuchTaskError,
  NotClaimerError,
  NothingOpenError,
  NotOverdueError,
  NotPostedError,
  NotPreparedError,
  NotRequesterError,
  NotRuledError,
  OutOfBoundsError,
  OverdueError,
  RecipientRefusedError,
  ReentrantCallError,
  type RevertedTransaction,
  ScoreTooLowError,
  SpecMismatchError,
  StillUnbondingError,
  TokenTransferFailedError,
  TooLittleGasError,
  WrongDisputeError,
  WrongEscrowError,
  WrongGroundError,
  WrongLeafError,
  WrongRootError,
  WrongStatusError,
  WrongValueError,
  ZeroAmountError,
  ZeroRecipientError,
  ZeroResultRootError,
} from "./errors/contract.ts";
export { JobIncompleteError, type JobIncompleteErrorCode, ResultError } from "./errors/job.ts";
export { ManifestError, type ManifestErrorCode } from "./errors/manifest.ts";
export {
  AccountRequiredError,
  BatchNotSubmittedError,
  ChainDataError,
  ContentRequiredError,
  DeploymentUnknownError,
  InsufficientBalanceError,
  JobNotFoundError,
  TransactionReplacedError,
  TransactionRevertedError,
} from "./errors/market.ts";
export {
  InvalidProgramError,
  type InvalidProgramErrorCode,
  ProgramCompileError,
} from "./errors/program.ts";
export { WireError } from "./errors/wire.ts";
export { marketplaceAbi } from "./generated/marketplaceAbi.ts";
export { batchCount, batchRange } from "./job/batches.ts";
export type { JobHandle, JobStatus } from "./job/handle.ts";
export { hashSpec, hashTerms } from "./job/hash.ts";
export type { ResultsOptions, TaskResult } from "./job/results.ts";
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
  type InputEntry,
  type JobId,
  type JobSpec,
  type JobTerms,
  Outcome,
  type ResultEntry,
} from "./types/job.ts";
export {
  decodeJobHint,
  encodeJobHint,
  type JobHint,
  jobsTopic,
  MAX_HINT_BYTES,
} from "./wire/jobHint.ts";
