export {
  type AskChunksErrorType,
  type AskChunksParameters,
  type AskChunksReturnType,
  askChunks,
} from "./askChunks.ts";
export {
  type BeginDisputeErrorType,
  type BeginDisputeParameters,
  type BeginDisputeReturnType,
  beginDispute,
} from "./beginDispute.ts";
export type { Hashes } from "./call.ts";
export type { Decision } from "./decision.ts";
export {
  type GetChunkRequestErrorType,
  type GetChunkRequestParameters,
  type GetChunkRequestReturnType,
  getChunkRequest,
} from "./getChunkRequest.ts";
export {
  type GameStage,
  type GetGameErrorType,
  type GetGameParameters,
  type GetGameReturnType,
  getGame,
} from "./getGame.ts";
export {
  type GetProofCreditErrorType,
  type GetProofCreditParameters,
  type GetProofCreditReturnType,
  getProofCredit,
} from "./getProofCredit.ts";
export {
  type GetProofEventsErrorType,
  type GetProofEventsParameters,
  type GetProofEventsReturnType,
  getProofEvents,
  type ProofEvent,
} from "./getProofEvents.ts";
export {
  type GetProofParametersErrorType,
  type GetProofParametersParameters,
  type GetProofParametersReturnType,
  getProofParameters,
} from "./getProofParameters.ts";
export {
  type MoveDisputeErrorType,
  type MoveDisputeParameters,
  type MoveDisputeReturnType,
  moveDispute,
} from "./moveDispute.ts";
export {
  type ProveEndedErrorType,
  type ProveEndedParameters,
  type ProveEndedReturnType,
  proveEnded,
} from "./proveEnded.ts";
export {
  type ProveStepErrorType,
  type ProveStepParameters,
  type ProveStepReturnType,
  proveStep,
} from "./proveStep.ts";
export {
  type ShowChunkErrorType,
  type ShowChunkParameters,
  type ShowChunkReturnType,
  showChunk,
} from "./showChunk.ts";
export {
  type TimeOutDisputeErrorType,
  type TimeOutDisputeParameters,
  type TimeOutDisputeReturnType,
  timeOutDispute,
} from "./timeOutDispute.ts";
export {
  type WithdrawProofCreditErrorType,
  type WithdrawProofCreditParameters,
  type WithdrawProofCreditReturnType,
  withdrawProofCredit,
} from "./withdrawProofCredit.ts";
