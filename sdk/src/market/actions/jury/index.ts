export {
  type AdvanceDisputeErrorType,
  type AdvanceDisputeParameters,
  type AdvanceDisputeReturnType,
  advanceDispute,
} from "./advanceDispute.ts";
export {
  type AppealRulingErrorType,
  type AppealRulingParameters,
  type AppealRulingReturnType,
  appealRuling,
} from "./appealRuling.ts";
export {
  type CommitVerdictErrorType,
  type CommitVerdictParameters,
  type CommitVerdictReturnType,
  commitVerdict,
} from "./commitVerdict.ts";
export {
  type DepositJurorStakeErrorType,
  type DepositJurorStakeParameters,
  type DepositJurorStakeReturnType,
  depositJurorStake,
} from "./depositJurorStake.ts";
export {
  type DrawAndCommitVerdictErrorType,
  type DrawAndCommitVerdictParameters,
  type DrawAndCommitVerdictReturnType,
  drawAndCommitVerdict,
} from "./drawAndCommitVerdict.ts";
export {
  type DrawJuryErrorType,
  type DrawJuryParameters,
  type DrawJuryReturnType,
  drawJury,
} from "./drawJury.ts";
export {
  type GetAppealFeeErrorType,
  type GetAppealFeeParameters,
  type GetAppealFeeReturnType,
  getAppealFee,
} from "./getAppealFee.ts";
export {
  type GetDrawProofErrorType,
  type GetDrawProofParameters,
  type GetDrawProofReturnType,
  getDrawProof,
} from "./getDrawProof.ts";
export {
  type GetEligibleTicketsErrorType,
  type GetEligibleTicketsParameters,
  type GetEligibleTicketsReturnType,
  getEligibleTickets,
} from "./getEligibleTickets.ts";
export {
  type GetJurorErrorType,
  type GetJurorParameters,
  type GetJurorReturnType,
  getJuror,
} from "./getJuror.ts";
export {
  type GetJurorCreditErrorType,
  type GetJurorCreditParameters,
  type GetJurorCreditReturnType,
  getJurorCredit,
} from "./getJurorCredit.ts";
export {
  type GetJuryEventsErrorType,
  type GetJuryEventsParameters,
  type GetJuryEventsReturnType,
  getJuryEvents,
  type JuryEvent,
} from "./getJuryEvents.ts";
export {
  type GetJuryParametersErrorType,
  type GetJuryParametersParameters,
  type GetJuryParametersReturnType,
  getJuryParameters,
} from "./getJuryParameters.ts";
export {
  type GetPanelErrorType,
  type GetPanelParameters,
  type GetPanelReturnType,
  getPanel,
} from "./getPanel.ts";
export {
  type GetStandingErrorType,
  type GetStandingParameters,
  type GetStandingReturnType,
  getStanding,
  type Stage,
} from "./getStanding.ts";
export {
  type RevealVerdictErrorType,
  type RevealVerdictParameters,
  type RevealVerdictReturnType,
  revealVerdict,
} from "./revealVerdict.ts";
export {
  type SettleDisputeErrorType,
  type SettleDisputeParameters,
  type SettleDisputeReturnType,
  settleDispute,
} from "./settleDispute.ts";
export {
  type SimulateDrawErrorType,
  type SimulateDrawParameters,
  type SimulateDrawReturnType,
  simulateDraw,
} from "./simulateDraw.ts";
export {
  type UnbondJurorStakeErrorType,
  type UnbondJurorStakeParameters,
  type UnbondJurorStakeReturnType,
  unbondJurorStake,
} from "./unbondJurorStake.ts";
export {
  type WithdrawJurorCreditErrorType,
  type WithdrawJurorCreditParameters,
  type WithdrawJurorCreditReturnType,
  withdrawJurorCredit,
} from "./withdrawJurorCredit.ts";
export {
  type WithdrawJurorStakeErrorType,
  type WithdrawJurorStakeParameters,
  type WithdrawJurorStakeReturnType,
  withdrawJurorStake,
} from "./withdrawJurorStake.ts";
