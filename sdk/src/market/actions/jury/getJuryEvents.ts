import { juryArbiterAbi } from "../../../generated/juryArbiterAbi.ts";
import { eventOfLog, type LogRange, readContractLogs } from "../../chain/logs.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import type { EventPlace } from "../read/getMarketEvents.ts";
import type { JuryEventArgs, JuryEventName } from "./call.ts";

export type GetJuryEventsParameters = LogRange;

type Described<Name extends JuryEventName> = Name extends JuryEventName
  ? { type: Uncapitalize<Name> } & JuryEventArgs<Name>
  : never;

/** Everything that happens in disputes of a jury. Amounts are wei, times Unix seconds. */
export type JuryEvent = EventPlace & Described<(typeof DISPUTE_EVENTS)[number]>;

export type GetJuryEventsReturnType = JuryEvent[];

/** viem's own errors when the node is unreachable. */
export type GetJuryEventsErrorType = Error;

const DISPUTE_EVENTS = [
  "DisputeOpened",
  "DrawRequested",
  "JuryDrawn",
  "VerdictCommitted",
  "RevealStarted",
  "VerdictRevealed",
  "Appealed",
  "JurorSlashed",
  "DisputeSettled",
] as const satisfies JuryEventName[];

/** All events of the jury's disputes in a range of blocks, in the order of the chain. */
export async function getJuryEvents(
  client: JuryContext,
  range: GetJuryEventsParameters,
): Promise<GetJuryEventsReturnType> {
  const events: JuryEvent[] = [];
  const contract = { address: client.jury, abi: juryArbiterAbi };
  const filter = { events: DISPUTE_EVENTS, topics: [] };
  for await (const log of readContractLogs(client, contract, filter, range)) {
    // The name chooses the arguments, by the ABI; TypeScript cannot see that they belong together.
    events.push(eventOfLog(log) as JuryEvent);
  }
  return events;
}
