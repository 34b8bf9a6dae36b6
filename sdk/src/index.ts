/** `@assay/sdk`: the client of a Marketplace, and what its users need of the protocol. */
export { arbiterAbi } from "./generated/arbiterAbi.ts";
export { juryArbiterAbi } from "./generated/juryArbiterAbi.ts";
export { marketplaceAbi } from "./generated/marketplaceAbi.ts";
export { offersAbi } from "./generated/offersAbi.ts";
export { proofArbiterAbi } from "./generated/proofArbiterAbi.ts";
export { randomnessAbi } from "./generated/randomnessAbi.ts";
export * from "./market/actions/account/index.ts";
export * from "./market/actions/dispute/index.ts";
export * from "./market/actions/jury/index.ts";
export * from "./market/actions/offers/index.ts";
export * from "./market/actions/operator/index.ts";
export * from "./market/actions/proof/index.ts";
export * from "./market/actions/read/index.ts";
export * from "./market/actions/requester/index.ts";
export * from "./market/actions/worker/index.ts";
export { decodeCall, encodeCall } from "./market/calls/encodeCall.ts";
export { decodeRights, encodeRights, type Right, type SignedCall } from "./market/calls/rights.ts";
export { signedCallTypedData } from "./market/calls/signedCallTypedData.ts";
export { type LogRefusal, logRefusal } from "./market/chain/logRefusal.ts";
export type { LogRange } from "./market/chain/logs.ts";
export type { ReadParameters } from "./market/chain/read.ts";
export type { WriteErrorType, WriteParameters, WriteReturnType } from "./market/chain/write.ts";
export * from "./market/clients/index.ts";
export type { Announcer } from "./market/context/announcer.ts";
export type {
  ChainContext,
  JuryContext,
  MarketContext,
  ProofContext,
} from "./market/context/marketContext.ts";
export type { TransactionNews } from "./market/context/news.ts";
export type { Fees } from "./market/context/transactionStore.ts";
export {
  memoryTransactionStore,
  type StoredTransaction,
  type TransactionStore,
  type TransactionVersion,
} from "./market/context/transactionStore.ts";
export type {
  AskedJob,
  RefusalCode,
  WorkerAnswer,
  WorkerQuote,
  Workers,
} from "./market/context/workers.ts";
export {
  BATCH_GAS,
  isDoneInTime,
  isWorthItsGas,
  leastReward,
  NODE_DEFAULTS,
  STEP_GAS,
} from "./market/cost/nodeCosts.ts";
export * from "./market/errors/index.ts";
export * from "./market/job/index.ts";
export * from "./market/offers/index.ts";
export * from "./market/watch/index.ts";
export type { JobReason, JobReasonCode } from "./market/why/reason.ts";
export type { WhyOptions } from "./market/why/why.ts";
export {
  type DefineProgramParameters,
  defineProgram,
  type LocalProgram,
  type LocalResult,
  type RunLimits,
  type TypedProgram,
} from "./program/define/defineProgram.ts";
export { InvalidProgramError, type InvalidProgramErrorCode } from "./program/errors/program.ts";
export * from "./protocol/index.ts";
