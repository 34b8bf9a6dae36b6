import {
  type AddCreditParameters,
  type AddCreditReturnType,
  addCredit,
} from "../actions/account/addCredit.ts";
import {
  type EndTransactionsParameters,
  endTransactions,
} from "../actions/account/endTransactions.ts";
import {
  type WithdrawParameters,
  type WithdrawReturnType,
  withdraw,
} from "../actions/account/withdraw.ts";
import { type AuditParameters, type AuditReturnType, audit } from "../actions/dispute/audit.ts";
import {
  type ChallengeParameters,
  type ChallengeReturnType,
  challenge,
} from "../actions/dispute/challenge.ts";
import { type DemandParameters, type DemandReturnType, demand } from "../actions/dispute/demand.ts";
import {
  type ForfeitParameters,
  type ForfeitReturnType,
  forfeit,
} from "../actions/dispute/forfeit.ts";
import {
  type PrepareQuestionParameters,
  type PrepareQuestionReturnType,
  prepareQuestion,
} from "../actions/dispute/prepareQuestion.ts";
import {
  type ReclaimPreparationParameters,
  type ReclaimPreparationReturnType,
  reclaimPreparation,
} from "../actions/dispute/reclaimPreparation.ts";
import {
  type ResolveParameters,
  type ResolveReturnType,
  resolve,
} from "../actions/dispute/resolve.ts";
import {
  type CallForParameters,
  type CallForReturnType,
  callFor,
} from "../actions/operator/callFor.ts";
import {
  type CallSignedParameters,
  type CallSignedReturnType,
  callSigned,
} from "../actions/operator/callSigned.ts";
import {
  type SetRightsParameters,
  type SetRightsReturnType,
  setRights,
} from "../actions/operator/setRights.ts";
import {
  type SignCallParameters,
  type SignCallReturnType,
  signCall,
} from "../actions/operator/signCall.ts";
import {
  type UseNoncesParameters,
  type UseNoncesReturnType,
  useNonces,
} from "../actions/operator/useNonces.ts";
import {
  type CanDecideParameters,
  type CanDecideReturnType,
  canDecide,
} from "../actions/read/canDecide.ts";
import {
  type GetAccountParameters,
  type GetAccountReturnType,
  getAccount,
} from "../actions/read/getAccount.ts";
import {
  type GetArbiterFeeParameters,
  type GetArbiterFeeReturnType,
  getArbiterFee,
} from "../actions/read/getArbiterFee.ts";
import {
  type GetBalanceParameters,
  type GetBalanceReturnType,
  getBalance,
} from "../actions/read/getBalance.ts";
import {
  type GetBatchesParameters,
  type GetBatchesReturnType,
  getBatches,
} from "../actions/read/getBatches.ts";
import {
  type GetBlockEventsParameters,
  type GetBlockEventsReturnType,
  getBlockEvents,
} from "../actions/read/getBlockEvents.ts";
import {
  type GetCreditParameters,
  type GetCreditReturnType,
  getCredit,
} from "../actions/read/getCredit.ts";
import {
  type GetFeesParameters,
  type GetFeesReturnType,
  getFees,
} from "../actions/read/getFees.ts";
import { type GetJobParameters, type GetJobReturnType, getJob } from "../actions/read/getJob.ts";
import {
  type GetLeafStandsParameters,
  type GetLeafStandsReturnType,
  getLeafStands,
} from "../actions/read/getLeafStands.ts";
import {
  type GetMarketEventsParameters,
  type GetMarketEventsReturnType,
  getMarketEvents,
} from "../actions/read/getMarketEvents.ts";
import {
  type GetNoncesParameters,
  type GetNoncesReturnType,
  getNonces,
} from "../actions/read/getNonces.ts";
import {
  type GetParametersParameters,
  type GetParametersReturnType,
  getParameters,
} from "../actions/read/getParameters.ts";
import {
  type GetPendingQuestionsParameters,
  type GetPendingQuestionsReturnType,
  getPendingQuestions,
} from "../actions/read/getPendingQuestions.ts";
import {
  type GetPostedJobsParameters,
  type GetPostedJobsReturnType,
  getPostedJobs,
} from "../actions/read/getPostedJobs.ts";
import {
  type GetPreparationParameters,
  type GetPreparationReturnType,
  getPreparation,
} from "../actions/read/getPreparation.ts";
import {
  type GetQuestionParameters,
  type GetQuestionReturnType,
  getQuestion,
} from "../actions/read/getQuestion.ts";
import {
  type GetQuestionCostsParameters,
  type GetQuestionCostsReturnType,
  getQuestionCosts,
} from "../actions/read/getQuestionCosts.ts";
import {
  type GetRightsParameters,
  type GetRightsReturnType,
  getRights,
} from "../actions/read/getRights.ts";
import {
  type GetRulingParameters,
  type GetRulingReturnType,
  getRuling,
} from "../actions/read/getRuling.ts";
import {
  type GetSubmissionParameters,
  type GetSubmissionReturnType,
  getSubmission,
} from "../actions/read/getSubmission.ts";
import {
  type CancelParameters,
  type CancelReturnType,
  cancel,
} from "../actions/requester/cancel.ts";
import {
  type PostJobParameters,
  type PostJobReturnType,
  postJob,
} from "../actions/requester/postJob.ts";
import { type ClaimParameters, type ClaimReturnType, claim } from "../actions/worker/claim.ts";
import {
  type DepositParameters,
  type DepositReturnType,
  deposit,
} from "../actions/worker/deposit.ts";
import { type ExpireParameters, type ExpireReturnType, expire } from "../actions/worker/expire.ts";
import { type RebondParameters, type RebondReturnType, rebond } from "../actions/worker/rebond.ts";
import {
  type ReleaseParameters,
  type ReleaseReturnType,
  release,
} from "../actions/worker/release.ts";
import { type RevealParameters, type RevealReturnType, reveal } from "../actions/worker/reveal.ts";
import { type SettleParameters, type SettleReturnType, settle } from "../actions/worker/settle.ts";
import { type SubmitParameters, type SubmitReturnType, submit } from "../actions/worker/submit.ts";
import { type UnbondParameters, type UnbondReturnType, unbond } from "../actions/worker/unbond.ts";
import {
  type WithdrawStakeParameters,
  type WithdrawStakeReturnType,
  withdrawStake,
} from "../actions/worker/withdrawStake.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { type ListJobsParameters, type ListJobsReturnType, listJobs } from "../job/listJobs.ts";
import { type OpenJobParameters, type OpenJobReturnType, openJob } from "../job/openJob.ts";
import { type QuoteParameters, type QuoteReturnType, quote } from "../job/quote.ts";
import { type RunJobParameters, type RunJobReturnType, runJob } from "../job/runJob.ts";
import { type SubmitJobParameters, type SubmitJobReturnType, submitJob } from "../job/submitJob.ts";
import type { JobProgram } from "../job/typedJob.ts";
import {
  type WatchBatchesCallback,
  type WatchBatchesParameters,
  type WatchBatchesReturnType,
  watchBatches,
} from "../watch/watchBatches.ts";
import {
  type WatchDisputesCallback,
  type WatchDisputesParameters,
  type WatchDisputesReturnType,
  watchDisputes,
} from "../watch/watchDisputes.ts";
import type { Unwatch } from "../watch/watching.ts";
import {
  type WatchJobCallback,
  type WatchJobParameters,
  type WatchJobReturnType,
  watchJob,
} from "../watch/watchJob.ts";
import {
  type WatchJobsCallback,
  type WatchJobsParameters,
  type WatchJobsReturnType,
  watchJobs,
} from "../watch/watchJobs.ts";

/** Every action, bound to a client. */
export interface MarketActions {
  /** Pays in credit, of the account or another. */
  addCredit(parameters: AddCreditParameters): Promise<AddCreditReturnType>;
  /** Runs tasks of a submitted batch again and compares. */
  audit(parameters: AuditParameters): AuditReturnType;
  /** Makes a call in another account's name. */
  callFor(parameters: CallForParameters): Promise<CallForReturnType>;
  /** Brings a call that another account signed. */
  callSigned(parameters: CallSignedParameters): Promise<CallSignedReturnType>;
  /** Takes back the escrow of every open task. */
  cancel(parameters: CancelParameters): Promise<CancelReturnType>;
  /** Whether an arbiter would decide a dispute of these parties now. */
  canDecide(parameters: CanDecideParameters): Promise<CanDecideReturnType>;
  /** Challenges one task of a submitted batch before the job's arbiter. */
  challenge(parameters: ChallengeParameters): Promise<ChallengeReturnType>;
  /** Claims a batch. */
  claim(parameters: ClaimParameters): Promise<ClaimReturnType>;
  /** Asks a worker to show one leaf of its result tree. */
  demand(parameters: DemandParameters): Promise<DemandReturnType>;
  /** Adds to the account's stake. */
  deposit(parameters: DepositParameters): Promise<DepositReturnType>;
  /** Completes the account's transactions that nobody waits for. */
  endTransactions(parameters?: EndTransactionsParameters): Promise<void>;
  /** Ends an overdue claim. */
  expire(parameters: ExpireParameters): Promise<ExpireReturnType>;
  /** Ends a demand that was not answered in time. */
  forfeit(parameters: ForfeitParameters): Promise<ForfeitReturnType>;
  /** Stake and record of an account. */
  getAccount(parameters?: GetAccountParameters): Promise<GetAccountReturnType>;
  /** Reads an arbiter's current fee for one dispute. */
  getArbiterFee(parameters: GetArbiterFeeParameters): Promise<GetArbiterFeeReturnType>;
  /** Reads the Marketplace's own balance, in wei. */
  getBalance(parameters?: GetBalanceParameters): Promise<GetBalanceReturnType>;
  /** Reads the state of a job's batches. */
  getBatches(parameters: GetBatchesParameters): Promise<GetBatchesReturnType>;
  /** Reads the events of one block from its receipts. */
  getBlockEvents(parameters: GetBlockEventsParameters): Promise<GetBlockEventsReturnType>;
  /** Reads the credit that an account may withdraw. */
  getCredit(parameters?: GetCreditParameters): Promise<GetCreditReturnType>;
  /** Reads the gas fees that a transaction sent now would offer. */
  getFees(parameters?: GetFeesParameters): Promise<GetFeesReturnType>;
  /** Reads the state of a job. */
  getJob(parameters: GetJobParameters): Promise<GetJobReturnType>;
  /** Whether the arbiter has found a leaf right. */
  getLeafStands(parameters: GetLeafStandsParameters): Promise<GetLeafStandsReturnType>;
  /** Reads all events in a range of blocks. */
  getMarketEvents(parameters: GetMarketEventsParameters): Promise<GetMarketEventsReturnType>;
  /** Reads which nonces of signed calls an account has used. */
  getNonces(parameters: GetNoncesParameters): Promise<GetNoncesReturnType>;
  /** The rules of this Marketplace. */
  getParameters(parameters?: GetParametersParameters): Promise<GetParametersReturnType>;
  /** Reads the pending questions about a batch. */
  getPendingQuestions(
    parameters: GetPendingQuestionsParameters,
  ): Promise<GetPendingQuestionsReturnType>;
  /** The jobs posted in a range of blocks. */
  getPostedJobs(parameters: GetPostedJobsParameters): Promise<GetPostedJobsReturnType>;
  /** The money behind a commitment to a question. */
  getPreparation(parameters: GetPreparationParameters): Promise<GetPreparationReturnType>;
  /** One question about a batch, of any round. */
  getQuestion(parameters: GetQuestionParameters): Promise<GetQuestionReturnType>;
  /** Reads the costs of a question about a batch now. */
  getQuestionCosts(parameters: GetQuestionCostsParameters): Promise<GetQuestionCostsReturnType>;
  /** Reads the rights of an operator in an account's name. */
  getRights(parameters: GetRightsParameters): Promise<GetRightsReturnType>;
  /** Reads an arbiter's ruling on a dispute. */
  getRuling(parameters: GetRulingParameters): Promise<GetRulingReturnType>;
  /** Reads the commitment of a batch's worker. */
  getSubmission(parameters: GetSubmissionParameters): Promise<GetSubmissionReturnType>;
  /** The jobs that were posted, the newest first. */
  listJobs(parameters?: ListJobsParameters): ListJobsReturnType;
  /** The handle of a job that was posted earlier. */
  openJob(parameters: OpenJobParameters): Promise<OpenJobReturnType>;
  /** Posts a job whose contents are stored already. */
  postJob(parameters: PostJobParameters): Promise<PostJobReturnType>;
  /** The first step of a question, with money behind it. */
  prepareQuestion(parameters: PrepareQuestionParameters): Promise<PrepareQuestionReturnType>;
  /** Estimates a job's costs, the least reward and a task's time. */
  quote(parameters: QuoteParameters): Promise<QuoteReturnType>;
  /** Turns unbonding stake back into stake. */
  rebond(parameters: RebondParameters): Promise<RebondReturnType>;
  /** Gives back the money of a question that somebody else asked first. */
  reclaimPreparation(
    parameters: ReclaimPreparationParameters,
  ): Promise<ReclaimPreparationReturnType>;
  /** Gives back a claimed batch. */
  release(parameters: ReleaseParameters): Promise<ReleaseReturnType>;
  /** Carries out an arbiter's ruling. */
  resolve(parameters: ResolveParameters): Promise<ResolveReturnType>;
  /** Shows the leaf that was demanded. */
  reveal(parameters: RevealParameters): Promise<RevealReturnType>;
  /** Buys work and waits for all results. */
  runJob<Program extends JobProgram>(
    parameters: RunJobParameters<Program>,
  ): Promise<RunJobReturnType<Program>>;
  /** Lets an operator act in the account's name. */
  setRights(parameters: SetRightsParameters): Promise<SetRightsReturnType>;
  /** Pays for batches whose challenge window is over. */
  settle(parameters: SettleParameters): Promise<SettleReturnType>;
  /** Signs a call for somebody else to bring. */
  signCall(parameters: SignCallParameters): Promise<SignCallReturnType>;
  /** Commits to the results of a claimed batch. */
  submit(parameters: SubmitParameters): Promise<SubmitReturnType>;
  /** Buys work: stores program and inputs, and posts the job. */
  submitJob<Program extends JobProgram>(
    parameters: SubmitJobParameters<Program>,
  ): Promise<SubmitJobReturnType<Program>>;
  /** Takes free stake out. */
  unbond(parameters: UnbondParameters): Promise<UnbondReturnType>;
  /** Rules out nonces of the account. */
  useNonces(parameters: UseNoncesParameters): Promise<UseNoncesReturnType>;
  /** Watches batches, by an iterator or a callback. */
  watchBatches(parameters: WatchBatchesParameters & WatchBatchesCallback): Unwatch;
  watchBatches(
    parameters?: WatchBatchesParameters & { onBatch?: undefined },
  ): WatchBatchesReturnType;
  /** Watches questions about batches. */
  watchDisputes(parameters: WatchDisputesParameters & WatchDisputesCallback): Unwatch;
  watchDisputes(
    parameters?: WatchDisputesParameters & { onDispute?: undefined },
  ): WatchDisputesReturnType;
  /** Watches everything that happens to a job. */
  watchJob(parameters: WatchJobParameters & WatchJobCallback): Unwatch;
  watchJob(parameters: WatchJobParameters & { onEvent?: undefined }): WatchJobReturnType;
  /** Watches jobs as they are posted. */
  watchJobs(parameters: WatchJobsParameters & WatchJobsCallback): Unwatch;
  watchJobs(parameters?: WatchJobsParameters & { onJob?: undefined }): WatchJobsReturnType;
  /** Sends the account's credit. */
  withdraw(parameters?: WithdrawParameters): Promise<WithdrawReturnType>;
  /** Sends what has unbonded. */
  withdrawStake(parameters?: WithdrawStakeParameters): Promise<WithdrawStakeReturnType>;
}

export function marketActions(client: MarketContext): MarketActions {
  /** Of an action with several forms: TypeScript cannot see that each is bound to its own. */
  const bind = <Bound>(action: (client: MarketContext, parameters: never) => unknown) =>
    ((parameters: never) => action(client, parameters)) as Bound;
  return {
    addCredit: (parameters) => addCredit(client, parameters),
    audit: (parameters) => audit(client, parameters),
    callFor: (parameters) => callFor(client, parameters),
    callSigned: (parameters) => callSigned(client, parameters),
    cancel: (parameters) => cancel(client, parameters),
    canDecide: (parameters) => canDecide(client, parameters),
    challenge: (parameters) => challenge(client, parameters),
    claim: (parameters) => claim(client, parameters),
    demand: (parameters) => demand(client, parameters),
    deposit: (parameters) => deposit(client, parameters),
    endTransactions: (parameters) => endTransactions(client, parameters),
    expire: (parameters) => expire(client, parameters),
    forfeit: (parameters) => forfeit(client, parameters),
    getAccount: (parameters) => getAccount(client, parameters),
    getArbiterFee: (parameters) => getArbiterFee(client, parameters),
    getBalance: (parameters) => getBalance(client, parameters),
    getBatches: (parameters) => getBatches(client, parameters),
    getBlockEvents: (parameters) => getBlockEvents(client, parameters),
    getCredit: (parameters) => getCredit(client, parameters),
    getFees: (parameters) => getFees(client, parameters),
    getJob: (parameters) => getJob(client, parameters),
    getLeafStands: (parameters) => getLeafStands(client, parameters),
    getMarketEvents: (parameters) => getMarketEvents(client, parameters),
    getNonces: (parameters) => getNonces(client, parameters),
    getParameters: (parameters) => getParameters(client, parameters),
    getPendingQuestions: (parameters) => getPendingQuestions(client, parameters),
    getPostedJobs: (parameters) => getPostedJobs(client, parameters),
    getPreparation: (parameters) => getPreparation(client, parameters),
    getQuestion: (parameters) => getQuestion(client, parameters),
    getQuestionCosts: (parameters) => getQuestionCosts(client, parameters),
    getRights: (parameters) => getRights(client, parameters),
    getRuling: (parameters) => getRuling(client, parameters),
    getSubmission: (parameters) => getSubmission(client, parameters),
    listJobs: (parameters) => listJobs(client, parameters),
    openJob: (parameters) => openJob(client, parameters),
    postJob: (parameters) => postJob(client, parameters),
    prepareQuestion: (parameters) => prepareQuestion(client, parameters),
    quote: (parameters) => quote(client, parameters),
    rebond: (parameters) => rebond(client, parameters),
    reclaimPreparation: (parameters) => reclaimPreparation(client, parameters),
    release: (parameters) => release(client, parameters),
    resolve: (parameters) => resolve(client, parameters),
    reveal: (parameters) => reveal(client, parameters),
    runJob: (parameters) => runJob(client, parameters),
    setRights: (parameters) => setRights(client, parameters),
    settle: (parameters) => settle(client, parameters),
    signCall: (parameters) => signCall(client, parameters),
    submit: (parameters) => submit(client, parameters),
    submitJob: (parameters) => submitJob(client, parameters),
    unbond: (parameters) => unbond(client, parameters),
    useNonces: (parameters) => useNonces(client, parameters),
    watchBatches: bind<MarketActions["watchBatches"]>(watchBatches),
    watchDisputes: bind<MarketActions["watchDisputes"]>(watchDisputes),
    watchJob: bind<MarketActions["watchJob"]>(watchJob),
    watchJobs: bind<MarketActions["watchJobs"]>(watchJobs),
    withdraw: (parameters) => withdraw(client, parameters),
    withdrawStake: (parameters) => withdrawStake(client, parameters),
  };
}
