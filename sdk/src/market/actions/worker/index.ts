export {
  type ClaimErrorType,
  type ClaimParameters,
  type ClaimReturnType,
  claim,
} from "./claim.ts";
export {
  type DepositErrorType,
  type DepositParameters,
  type DepositReturnType,
  deposit,
} from "./deposit.ts";
export {
  type ExpireErrorType,
  type ExpireParameters,
  type ExpireReturnType,
  expire,
} from "./expire.ts";
export {
  type RebondErrorType,
  type RebondParameters,
  type RebondReturnType,
  rebond,
} from "./rebond.ts";
export {
  type ReleaseErrorType,
  type ReleaseParameters,
  type ReleaseReturnType,
  release,
} from "./release.ts";
export {
  type RevealErrorType,
  type RevealParameters,
  type RevealReturnType,
  reveal,
} from "./reveal.ts";
export {
  type SettleErrorType,
  type SettleParameters,
  type SettleReturnType,
  settle,
} from "./settle.ts";
export {
  type SubmitErrorType,
  type SubmitParameters,
  type SubmitReturnType,
  submit,
} from "./submit.ts";
export {
  type UnbondErrorType,
  type UnbondParameters,
  type UnbondReturnType,
  unbond,
} from "./unbond.ts";
export {
  type WithdrawStakeErrorType,
  type WithdrawStakeParameters,
  type WithdrawStakeReturnType,
  withdrawStake,
} from "./withdrawStake.ts";
