export {
  type CancelErrorType,
  type CancelParameters,
  type CancelReturnType,
  cancel,
} from "./cancel.ts";
export {
  type PostJobErrorType,
  type PostJobParameters,
  type PostJobReturnType,
  postJob,
} from "./postJob.ts";
export type { EscrowSource } from "./requireEscrow.ts";
