import { type CancelParameters, type CancelReturnType, cancel } from "../actions/cancel.ts";
import { type ClaimParameters, type ClaimReturnType, claim } from "../actions/claim.ts";
import { type DepositParameters, type DepositReturnType, deposit } from "../actions/deposit.ts";
import { type ExpireParameters, type ExpireReturnType, expire } from "../actions/expire.ts";
import {
  type GetAccountParameters,
  type GetAccountReturnType,
  getAccount,
} from "../actions/getAccount.ts";
import {
  type GetBalanceParameters,
  type GetBalanceReturnType,
  getBalance,
} from "../actions/getBalance.ts";
import {
  type GetBatchesParameters,
  type GetBatchesReturnType,
  getBatches,
} from "../actions/getBatches.ts";
import {
  type GetCreditParameters,
  type GetCreditReturnType,
  getCredit,
} from "../actions/getCredit.ts";
import { type GetJobParameters, type GetJobReturnType, getJob } from "../actions/getJob.ts";
import {
  type GetMarketEventsParameters,
  type GetMarketEventsReturnType,
  getMarketEvents,
} from "../actions/getMarketEvents.ts";
import {
  type GetParametersParameters,
  type GetParametersReturnType,
  getParameters,
} from "../actions/getParameters.ts";
import {
  type GetPostedJobsParameters,
  type GetPostedJobsReturnType,
  getPostedJobs,
} from "../actions/getPostedJobs.ts";
import {
  type GetSubmissionParameters,
  type GetSubmissionReturnType,
  getSubmission,
} from "../actions/getSubmission.ts";
import { type OpenJobParameters, type OpenJobReturnType, openJob } from "../actions/openJob.ts";
import { type PostJobParameters, type PostJobReturnType, postJob } from "../actions/postJob.ts";
import { type RebondParameters, type RebondReturnType, rebond } from "../actions/rebond.ts";
import { type RunJobParameters, type RunJobReturnType, runJob } from "../actions/runJob.ts";
import { type SettleParameters, type SettleReturnType, settle } from "../actions/settle.ts";
import { type SubmitParameters, type SubmitReturnType, submit } from "../actions/submit.ts";
import {
  type SubmitJobParameters,
  type SubmitJobReturnType,
  submitJob,
} from "../actions/submitJob.ts";
import { type UnbondParameters, type UnbondReturnType, unbond } from "../actions/unbond.ts";
import { type WithdrawParameters, type WithdrawReturnType, withdraw } from "../actions/withdraw.ts";
import {
  type WithdrawStakeParameters,
  type WithdrawStakeReturnType,
  withdrawStake,
} from "../actions/withdrawStake.ts";
import type { MarketContext } from "./marketContext.ts";

/** Every action, bound to a client. */
export interface MarketActions {
  /** Takes back the escrow of every open task. */
  cancel(parameters: CancelParameters): Promise<CancelReturnType>;
  /** Claims a batch. */
  claim(parameters: ClaimParameters): Promise<ClaimReturnType>;
  /** Adds to the account's stake. */
  deposit(parameters: DepositParameters): Promise<DepositReturnType>;
  /** Ends an overdue claim. */
  expire(parameters: ExpireParameters): Promise<ExpireReturnType>;
  /** Stake and record of an account. */
  getAccount(parameters?: GetAccountParameters): Promise<GetAccountReturnType>;
  /** What the Marketplace itself holds, in wei. */
  getBalance(parameters?: GetBalanceParameters): Promise<GetBalanceReturnType>;
  /** Where a job's batches stand. */
  getBatches(parameters: GetBatchesParameters): Promise<GetBatchesReturnType>;
  /** What an account may withdraw. */
  getCredit(parameters?: GetCreditParameters): Promise<GetCreditReturnType>;
  /** Where a job stands. */
  getJob(parameters: GetJobParameters): Promise<GetJobReturnType>;
  /** Everything that happened in a range of blocks. */
  getMarketEvents(parameters: GetMarketEventsParameters): Promise<GetMarketEventsReturnType>;
  /** The rules of this Marketplace. */
  getParameters(parameters?: GetParametersParameters): Promise<GetParametersReturnType>;
  /** The jobs posted in a range of blocks. */
  getPostedJobs(parameters: GetPostedJobsParameters): Promise<GetPostedJobsReturnType>;
  /** What a batch's worker committed to. */
  getSubmission(parameters: GetSubmissionParameters): Promise<GetSubmissionReturnType>;
  /** Posts a job whose contents are stored already. */
  postJob(parameters: PostJobParameters): Promise<PostJobReturnType>;
  /** Makes stake of what is unbonding. */
  rebond(parameters: RebondParameters): Promise<RebondReturnType>;
  /** Pays for batches whose challenge window is over. */
  settle(parameters: SettleParameters): Promise<SettleReturnType>;
  /** Commits to the results of a claimed batch. */
  submit(parameters: SubmitParameters): Promise<SubmitReturnType>;
  /** Takes free stake out. */
  unbond(parameters: UnbondParameters): Promise<UnbondReturnType>;
  /** Sends the account's credit. */
  withdraw(parameters?: WithdrawParameters): Promise<WithdrawReturnType>;
  /** Sends what has unbonded. */
  withdrawStake(parameters?: WithdrawStakeParameters): Promise<WithdrawStakeReturnType>;
  /** The handle of a job that was posted earlier. */
  openJob(parameters: OpenJobParameters): Promise<OpenJobReturnType>;
  /** Buys work and waits for all results. */
  runJob(parameters: RunJobParameters): Promise<RunJobReturnType>;
  /** Buys work: stores program and inputs, and posts the job. */
  submitJob(parameters: SubmitJobParameters): Promise<SubmitJobReturnType>;
}

export function marketActions(client: MarketContext): MarketActions {
  return {
    cancel: (parameters) => cancel(client, parameters),
    claim: (parameters) => claim(client, parameters),
    deposit: (parameters) => deposit(client, parameters),
    expire: (parameters) => expire(client, parameters),
    getAccount: (parameters) => getAccount(client, parameters),
    getBalance: (parameters) => getBalance(client, parameters),
    getBatches: (parameters) => getBatches(client, parameters),
    getCredit: (parameters) => getCredit(client, parameters),
    getJob: (parameters) => getJob(client, parameters),
    getMarketEvents: (parameters) => getMarketEvents(client, parameters),
    getParameters: (parameters) => getParameters(client, parameters),
    getPostedJobs: (parameters) => getPostedJobs(client, parameters),
    getSubmission: (parameters) => getSubmission(client, parameters),
    postJob: (parameters) => postJob(client, parameters),
    rebond: (parameters) => rebond(client, parameters),
    settle: (parameters) => settle(client, parameters),
    submit: (parameters) => submit(client, parameters),
    unbond: (parameters) => unbond(client, parameters),
    withdraw: (parameters) => withdraw(client, parameters),
    withdrawStake: (parameters) => withdrawStake(client, parameters),
    openJob: (parameters) => openJob(client, parameters),
    runJob: (parameters) => runJob(client, parameters),
    submitJob: (parameters) => submitJob(client, parameters),
  };
}
