import type { Address } from "viem";
import {
  type AskChunksParameters,
  type AskChunksReturnType,
  askChunks,
} from "../actions/proof/askChunks.ts";
import {
  type BeginDisputeParameters,
  type BeginDisputeReturnType,
  beginDispute,
} from "../actions/proof/beginDispute.ts";
import {
  type GetChunkRequestParameters,
  type GetChunkRequestReturnType,
  getChunkRequest,
} from "../actions/proof/getChunkRequest.ts";
import {
  type GetGameParameters,
  type GetGameReturnType,
  getGame,
} from "../actions/proof/getGame.ts";
import {
  type GetProofCreditParameters,
  type GetProofCreditReturnType,
  getProofCredit,
} from "../actions/proof/getProofCredit.ts";
import {
  type GetProofEventsParameters,
  type GetProofEventsReturnType,
  getProofEvents,
} from "../actions/proof/getProofEvents.ts";
import {
  type GetProofParametersParameters,
  type GetProofParametersReturnType,
  getProofParameters,
} from "../actions/proof/getProofParameters.ts";
import {
  type MoveDisputeParameters,
  type MoveDisputeReturnType,
  moveDispute,
} from "../actions/proof/moveDispute.ts";
import {
  type ProveEndedParameters,
  type ProveEndedReturnType,
  proveEnded,
} from "../actions/proof/proveEnded.ts";
import {
  type ProveStepParameters,
  type ProveStepReturnType,
  proveStep,
} from "../actions/proof/proveStep.ts";
import {
  type ShowChunkParameters,
  type ShowChunkReturnType,
  showChunk,
} from "../actions/proof/showChunk.ts";
import {
  type TimeOutDisputeParameters,
  type TimeOutDisputeReturnType,
  timeOutDispute,
} from "../actions/proof/timeOutDispute.ts";
import {
  type WithdrawProofCreditParameters,
  type WithdrawProofCreditReturnType,
  withdrawProofCredit,
} from "../actions/proof/withdrawProofCredit.ts";
import type { ChainContext, ProofContext } from "../context/marketContext.ts";

/** The actions of one ProofArbiter, bound, by the names of the contract's functions. */
export interface ProofActions {
  /** Names the chunks of an unavailable result that its worker has to show. */
  ask(parameters: AskChunksParameters): Promise<AskChunksReturnType>;
  /** The worker's first move in a dispute about a wrong result. */
  begin(parameters: BeginDisputeParameters): Promise<BeginDisputeReturnType>;
  /** Reads what a challenger asked to be shown of an unavailable result. */
  getChunkRequest(parameters: GetChunkRequestParameters): Promise<GetChunkRequestReturnType>;
  /** Reads the credit that an account may withdraw from the ProofArbiter. */
  getCredit(parameters?: GetProofCreditParameters): Promise<GetProofCreditReturnType>;
  /** All events of the ProofArbiter's disputes in a range of blocks, in the order of the chain. */
  getEvents(parameters: GetProofEventsParameters): Promise<GetProofEventsReturnType>;
  /** Reads where a dispute stands at the latest block. */
  getGame(parameters: GetGameParameters): Promise<GetGameReturnType>;
  /** What this ProofArbiter was deployed with. */
  getParameters(parameters?: GetProofParametersParameters): Promise<GetProofParametersReturnType>;
  /** Disputes the first wrong one of the other party's hashes, whose states are more than a step apart. */
  move(parameters: MoveDisputeParameters): Promise<MoveDisputeReturnType>;
  /** Proves the step to the first wrong one of the other party's hashes, where these are a step apart. It decides the dispute. */
  prove(parameters: ProveStepParameters): Promise<ProveStepReturnType>;
  /** The same where the task has ended before the disputed state: it stays as it is. */
  proveEnded(parameters: ProveEndedParameters): Promise<ProveEndedReturnType>;
  /** Shows one of the chunks that the challenger named, or some of the link to its block. */
  show(parameters: ShowChunkParameters): Promise<ShowChunkReturnType>;
  /** Ends a dispute whose party to move has let its clock run out. Anyone may. */
  timeOut(parameters: TimeOutDisputeParameters): Promise<TimeOutDisputeReturnType>;
  /** Sends the account's credit with the ProofArbiter. */
  withdraw(parameters?: WithdrawProofCreditParameters): Promise<WithdrawProofCreditReturnType>;
}

export interface ProofClient extends ProofContext, ProofActions {}

/**
 * A client of one ProofArbiter.
 * @param market - how the chain is reached, and who signs.
 */
export function createProofClient(market: ChainContext, proof: Address): ProofClient {
  const { public: reader, wallet, confirmations, pollingIntervalMs } = market;
  const { transactions, maxFeePerGas, replaceAfterBlocks, onTransaction } = market;
  const client: ProofContext = {
    ...{ public: reader, wallet, confirmations, pollingIntervalMs, proof },
    ...{ transactions, maxFeePerGas, replaceAfterBlocks, onTransaction },
  };
  return {
    ...client,
    ask: (parameters) => askChunks(client, parameters),
    begin: (parameters) => beginDispute(client, parameters),
    getChunkRequest: (parameters) => getChunkRequest(client, parameters),
    getCredit: (parameters) => getProofCredit(client, parameters),
    getEvents: (parameters) => getProofEvents(client, parameters),
    getGame: (parameters) => getGame(client, parameters),
    getParameters: (parameters) => getProofParameters(client, parameters),
    move: (parameters) => moveDispute(client, parameters),
    prove: (parameters) => proveStep(client, parameters),
    proveEnded: (parameters) => proveEnded(client, parameters),
    show: (parameters) => showChunk(client, parameters),
    timeOut: (parameters) => timeOutDispute(client, parameters),
    withdraw: (parameters) => withdrawProofCredit(client, parameters),
  };
}
