import type { Address } from "viem";
import {
  type AdvanceDisputeParameters,
  type AdvanceDisputeReturnType,
  advanceDispute,
} from "../actions/jury/advanceDispute.ts";
import {
  type AppealRulingParameters,
  type AppealRulingReturnType,
  appealRuling,
} from "../actions/jury/appealRuling.ts";
import {
  type CommitVerdictParameters,
  type CommitVerdictReturnType,
  commitVerdict,
} from "../actions/jury/commitVerdict.ts";
import {
  type DepositJurorStakeParameters,
  type DepositJurorStakeReturnType,
  depositJurorStake,
} from "../actions/jury/depositJurorStake.ts";
import {
  type DrawAndCommitVerdictParameters,
  type DrawAndCommitVerdictReturnType,
  drawAndCommitVerdict,
} from "../actions/jury/drawAndCommitVerdict.ts";
import {
  type DrawJuryParameters,
  type DrawJuryReturnType,
  drawJury,
} from "../actions/jury/drawJury.ts";
import {
  type GetAppealFeeParameters,
  type GetAppealFeeReturnType,
  getAppealFee,
} from "../actions/jury/getAppealFee.ts";
import {
  type GetDrawProofParameters,
  type GetDrawProofReturnType,
  getDrawProof,
} from "../actions/jury/getDrawProof.ts";
import {
  type GetEligibleTicketsParameters,
  type GetEligibleTicketsReturnType,
  getEligibleTickets,
} from "../actions/jury/getEligibleTickets.ts";
import {
  type GetJurorParameters,
  type GetJurorReturnType,
  getJuror,
} from "../actions/jury/getJuror.ts";
import {
  type GetJurorCreditParameters,
  type GetJurorCreditReturnType,
  getJurorCredit,
} from "../actions/jury/getJurorCredit.ts";
import {
  type GetJuryEventsParameters,
  type GetJuryEventsReturnType,
  getJuryEvents,
} from "../actions/jury/getJuryEvents.ts";
import {
  type GetJuryParametersParameters,
  type GetJuryParametersReturnType,
  getJuryParameters,
} from "../actions/jury/getJuryParameters.ts";
import {
  type GetPanelParameters,
  type GetPanelReturnType,
  getPanel,
} from "../actions/jury/getPanel.ts";
import {
  type GetStandingParameters,
  type GetStandingReturnType,
  getStanding,
} from "../actions/jury/getStanding.ts";
import {
  type RevealVerdictParameters,
  type RevealVerdictReturnType,
  revealVerdict,
} from "../actions/jury/revealVerdict.ts";
import {
  type SettleDisputeParameters,
  type SettleDisputeReturnType,
  settleDispute,
} from "../actions/jury/settleDispute.ts";
import {
  type SimulateDrawParameters,
  type SimulateDrawReturnType,
  simulateDraw,
} from "../actions/jury/simulateDraw.ts";
import {
  type UnbondJurorStakeParameters,
  type UnbondJurorStakeReturnType,
  unbondJurorStake,
} from "../actions/jury/unbondJurorStake.ts";
import {
  type WithdrawJurorCreditParameters,
  type WithdrawJurorCreditReturnType,
  withdrawJurorCredit,
} from "../actions/jury/withdrawJurorCredit.ts";
import {
  type WithdrawJurorStakeParameters,
  type WithdrawJurorStakeReturnType,
  withdrawJurorStake,
} from "../actions/jury/withdrawJurorStake.ts";
import type { ChainContext, JuryContext } from "../context/marketContext.ts";

/** The actions of one jury, bound, by the names of the contract's functions. */
export interface JuryActions {
  /** Reads the proof that the source of randomness requires. */
  getDrawProof(parameters: GetDrawProofParameters): Promise<GetDrawProofReturnType>;
  /** Asks for new randomness, or for another panel, when the one before is overdue or did not come together. Anyone may. */
  advance(parameters: AdvanceDisputeParameters): Promise<AdvanceDisputeReturnType>;
  /** Asks for a larger panel, whose ruling is final, and pays for it. Anyone may, once a dispute. */
  appeal(parameters: AppealRulingParameters): Promise<AppealRulingReturnType>;
  /** Commits the account, a juror of this panel, to a verdict for all of its seats. */
  commit(parameters: CommitVerdictParameters): Promise<CommitVerdictReturnType>;
  /** Adds to the account's juror stake. It counts in draws for disputes that are opened from the next epoch on. */
  deposit(parameters: DepositJurorStakeParameters): Promise<DepositJurorStakeReturnType>;
  /** Draws the current panel unless somebody has, and commits the account to a verdict. */
  drawAndCommit(
    parameters: DrawAndCommitVerdictParameters,
  ): Promise<DrawAndCommitVerdictReturnType>;
  /** Draws the current panel of a dispute, once its randomness is known. Anyone may. */
  draw(parameters: DrawJuryParameters): Promise<DrawJuryReturnType>;
  /** Stake and seats of a juror. */
  getJuror(parameters?: GetJurorParameters): Promise<GetJurorReturnType>;
  /** Reads the cost of an appeal. */
  getAppealFee(parameters?: GetAppealFeeParameters): Promise<GetAppealFeeReturnType>;
  /** Reads the number of tickets that do not belong to these parties. */
  getEligibleTickets(
    parameters?: GetEligibleTicketsParameters,
  ): Promise<GetEligibleTicketsReturnType>;
  /** Reads the credit that an account may withdraw from the jury. */
  getCredit(parameters?: GetJurorCreditParameters): Promise<GetJurorCreditReturnType>;
  /** All events of the jury's disputes in a range of blocks, in the order of the chain. */
  getEvents(parameters: GetJuryEventsParameters): Promise<GetJuryEventsReturnType>;
  /** What this jury was deployed with. */
  getParameters(parameters?: GetJuryParametersParameters): Promise<GetJuryParametersReturnType>;
  /** One panel of a dispute, by seat. Addresses are to be relied on until the dispute is settled. */
  getPanel(parameters: GetPanelParameters): Promise<GetPanelReturnType>;
  /** Reads the stage of a dispute at the latest block. */
  getStanding(parameters: GetStandingParameters): Promise<GetStandingReturnType>;
  /** Reveals what the account committed to. The last of those who committed closes the panel. */
  reveal(parameters: RevealVerdictParameters): Promise<RevealVerdictReturnType>;
  /** Pays and slashes the jurors of a dispute whose ruling is final. Anyone may. */
  settle(parameters: SettleDisputeParameters): Promise<SettleDisputeReturnType>;
  /** Simulates a draw and returns the jurors that it would seat. Costs nothing. */
  simulateDraw(parameters: SimulateDrawParameters): Promise<SimulateDrawReturnType>;
  /** Starts to take juror stake out. The clock (re)starts for everything that is unbonding. */
  unbond(parameters: UnbondJurorStakeParameters): Promise<UnbondJurorStakeReturnType>;
  /** Sends everything that the account earned with the jury. */
  withdraw(parameters?: WithdrawJurorCreditParameters): Promise<WithdrawJurorCreditReturnType>;
  /** Sends juror stake that has unbonded, as far as no seat locks it. */
  withdrawStake(parameters?: WithdrawJurorStakeParameters): Promise<WithdrawJurorStakeReturnType>;
}

export interface JuryClient extends JuryContext, JuryActions {}

/**
 * A client of one jury.
 * @param market - how the chain is reached, and who signs.
 */
export function createJuryClient(market: ChainContext, jury: Address): JuryClient {
  const { public: reader, wallet, confirmations, pollingIntervalMs } = market;
  const { transactions, maxFeePerGas, replaceAfterBlocks, onTransaction } = market;
  const client: JuryContext = {
    ...{ public: reader, wallet, confirmations, pollingIntervalMs, jury },
    ...{ transactions, maxFeePerGas, replaceAfterBlocks, onTransaction },
  };
  return {
    ...client,
    getDrawProof: (parameters) => getDrawProof(client, parameters),
    advance: (parameters) => advanceDispute(client, parameters),
    appeal: (parameters) => appealRuling(client, parameters),
    commit: (parameters) => commitVerdict(client, parameters),
    deposit: (parameters) => depositJurorStake(client, parameters),
    drawAndCommit: (parameters) => drawAndCommitVerdict(client, parameters),
    draw: (parameters) => drawJury(client, parameters),
    getJuror: (parameters) => getJuror(client, parameters),
    getAppealFee: (parameters) => getAppealFee(client, parameters),
    getEligibleTickets: (parameters) => getEligibleTickets(client, parameters),
    getCredit: (parameters) => getJurorCredit(client, parameters),
    getEvents: (parameters) => getJuryEvents(client, parameters),
    getParameters: (parameters) => getJuryParameters(client, parameters),
    getPanel: (parameters) => getPanel(client, parameters),
    getStanding: (parameters) => getStanding(client, parameters),
    reveal: (parameters) => revealVerdict(client, parameters),
    settle: (parameters) => settleDispute(client, parameters),
    simulateDraw: (parameters) => simulateDraw(client, parameters),
    unbond: (parameters) => unbondJurorStake(client, parameters),
    withdraw: (parameters) => withdrawJurorCredit(client, parameters),
    withdrawStake: (parameters) => withdrawJurorStake(client, parameters),
  };
}
