import { proofArbiterAbi } from "../../../generated/proofArbiterAbi.ts";
import type { DisputeId } from "../../../protocol/dispute/dispute.ts";
import { eventOfLog, type LogRange, readContractLogs } from "../../chain/logs.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import type { EventPlace } from "../read/getMarketEvents.ts";
import type { ProofEventArgs, ProofEventName } from "./call.ts";

export interface GetProofEventsParameters extends LogRange {
  /** Only of this dispute. Default: of all. */
  id?: DisputeId | undefined;
}

type Described<Name extends ProofEventName> = Name extends ProofEventName
  ? { type: Uncapitalize<Name> } & ProofEventArgs<Name>
  : never;

/** Everything that happens in disputes of a ProofArbiter. */
export type ProofEvent = EventPlace & Described<(typeof DISPUTE_EVENTS)[number]>;

export type GetProofEventsReturnType = ProofEvent[];

/** viem's own errors when the node is unreachable. */
export type GetProofEventsErrorType = Error;

const DISPUTE_EVENTS = [
  "DisputeOpened",
  "Moved",
  "ChunksAsked",
  "ChunkShown",
  "Decided",
] as const satisfies ProofEventName[];

/** All events of the ProofArbiter's disputes in a range of blocks, in the order of the chain. */
export async function getProofEvents(
  client: ProofContext,
  { id, ...range }: GetProofEventsParameters,
): Promise<GetProofEventsReturnType> {
  const events: ProofEvent[] = [];
  const contract = { address: client.proof, abi: proofArbiterAbi };
  const filter = { events: DISPUTE_EVENTS, topics: [id ?? null] };
  for await (const log of readContractLogs(client, contract, filter, range)) {
    // The name chooses the arguments, by the ABI; TypeScript cannot see that they belong together.
    events.push(eventOfLog(log) as ProofEvent);
  }
  return events;
}
