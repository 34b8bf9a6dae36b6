export {
  type AddCreditErrorType,
  type AddCreditParameters,
  type AddCreditReturnType,
  addCredit,
} from "./addCredit.ts";
export {
  type EndTransactionsErrorType,
  type EndTransactionsParameters,
  endTransactions,
} from "./endTransactions.ts";
export {
  type WithdrawErrorType,
  type WithdrawParameters,
  type WithdrawReturnType,
  withdraw,
} from "./withdraw.ts";
