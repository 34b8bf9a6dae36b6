export {
  type AuditErrorType,
  type AuditedTask,
  type AuditParameters,
  type AuditReturnType,
  audit,
  type ExecuteTask,
} from "./audit.ts";
export {
  type ChallengeErrorType,
  type ChallengeParameters,
  type ChallengeReturnType,
  challenge,
} from "./challenge.ts";
export {
  type DemandErrorType,
  type DemandParameters,
  type DemandReturnType,
  demand,
} from "./demand.ts";
export {
  type ForfeitErrorType,
  type ForfeitParameters,
  type ForfeitReturnType,
  forfeit,
} from "./forfeit.ts";
export {
  type PrepareQuestionErrorType,
  type PrepareQuestionParameters,
  type PrepareQuestionReturnType,
  prepareQuestion,
} from "./prepareQuestion.ts";
export {
  type ReclaimPreparationErrorType,
  type ReclaimPreparationParameters,
  type ReclaimPreparationReturnType,
  reclaimPreparation,
} from "./reclaimPreparation.ts";
export {
  type ResolveErrorType,
  type ResolveParameters,
  type ResolveReturnType,
  resolve,
} from "./resolve.ts";
export type { Slash } from "./slash.ts";
