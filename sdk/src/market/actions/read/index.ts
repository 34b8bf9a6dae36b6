export {
  type CanDecideErrorType,
  type CanDecideParameters,
  type CanDecideReturnType,
  canDecide,
} from "./canDecide.ts";
export { findJob } from "./findJob.ts";
export {
  type GetAccountErrorType,
  type GetAccountParameters,
  type GetAccountReturnType,
  getAccount,
} from "./getAccount.ts";
export {
  type GetArbiterFeeErrorType,
  type GetArbiterFeeParameters,
  type GetArbiterFeeReturnType,
  getArbiterFee,
} from "./getArbiterFee.ts";
export {
  type GetBalanceErrorType,
  type GetBalanceParameters,
  type GetBalanceReturnType,
  getBalance,
} from "./getBalance.ts";
export {
  type BatchState,
  type BatchStatus,
  type GetBatchesErrorType,
  type GetBatchesParameters,
  type GetBatchesReturnType,
  getBatches,
} from "./getBatches.ts";
export {
  type BlockReceipts,
  type GetBlockEventsErrorType,
  type GetBlockEventsParameters,
  type GetBlockEventsReturnType,
  getBlockEvents,
} from "./getBlockEvents.ts";
export {
  type GetCreditErrorType,
  type GetCreditParameters,
  type GetCreditReturnType,
  getCredit,
} from "./getCredit.ts";
export {
  type GetFeesErrorType,
  type GetFeesParameters,
  type GetFeesReturnType,
  getFees,
} from "./getFees.ts";
export {
  type GetJobErrorType,
  type GetJobParameters,
  type GetJobReturnType,
  getJob,
} from "./getJob.ts";
export {
  type GetLeafStandsErrorType,
  type GetLeafStandsParameters,
  type GetLeafStandsReturnType,
  getLeafStands,
} from "./getLeafStands.ts";
export {
  type EventPlace,
  type GetMarketEventsErrorType,
  type GetMarketEventsParameters,
  type GetMarketEventsReturnType,
  getMarketEvents,
  type MarketEvent,
} from "./getMarketEvents.ts";
export {
  type GetNoncesErrorType,
  type GetNoncesParameters,
  type GetNoncesReturnType,
  getNonces,
} from "./getNonces.ts";
export {
  type GetParametersErrorType,
  type GetParametersParameters,
  type GetParametersReturnType,
  getParameters,
} from "./getParameters.ts";
export {
  type GetPendingQuestionsErrorType,
  type GetPendingQuestionsParameters,
  type GetPendingQuestionsReturnType,
  getPendingQuestions,
} from "./getPendingQuestions.ts";
export {
  type GetPostedJobsErrorType,
  type GetPostedJobsParameters,
  type GetPostedJobsReturnType,
  getPostedJobs,
  type PostedJob,
} from "./getPostedJobs.ts";
export {
  type GetPreparationErrorType,
  type GetPreparationParameters,
  type GetPreparationReturnType,
  getPreparation,
} from "./getPreparation.ts";
export {
  type GetQuestionErrorType,
  type GetQuestionParameters,
  type GetQuestionReturnType,
  getQuestion,
} from "./getQuestion.ts";
export {
  type GetQuestionCostsErrorType,
  type GetQuestionCostsParameters,
  type GetQuestionCostsReturnType,
  getQuestionCosts,
} from "./getQuestionCosts.ts";
export {
  type GetRightsErrorType,
  type GetRightsParameters,
  type GetRightsReturnType,
  getRights,
} from "./getRights.ts";
export {
  type GetRulingErrorType,
  type GetRulingParameters,
  type GetRulingReturnType,
  getRuling,
} from "./getRuling.ts";
export {
  type GetSubmissionErrorType,
  type GetSubmissionParameters,
  type GetSubmissionReturnType,
  getSubmission,
  type Submission,
} from "./getSubmission.ts";
export { type IsProofArbiterParameters, isProofArbiter } from "./isProofArbiter.ts";
