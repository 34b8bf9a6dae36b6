import type { ProofEvent } from "@assay/sdk";
import { zeroHash } from "viem";
import { RULINGS } from "../job/rulings.ts";
import type { Happening } from "../parts/timeline.tsx";
import { Account } from "../parts/values.tsx";
import type { Parties } from "./arbitration.ts";

/** The moves of a game before a ProofArbiter, in words. */
export function proofLines(events: readonly ProofEvent[], parties: Parties): Happening[] {
  const first = events.find(({ type }) => type === "moved");
  const isAsked = events.some(({ type }) => type === "chunksAsked");
  return events.map((event) => lineOf(event, { parties, isFirst: event === first, isAsked }));
}

function lineOf(
  event: ProofEvent,
  { parties, isFirst, isAsked }: { parties: Parties; isFirst: boolean; isAsked: boolean },
): Happening {
  const line = {
    key: `${event.blockHash}-${event.logIndex}`,
    when: <span class="number">block {event.blockNumber.toLocaleString("en")}</span>,
  };
  switch (event.type) {
    case "disputeOpened":
      return { ...line, kind: "questioned", said: "The ProofArbiter opened the game" };
    case "moved": {
      const role = event.party === parties.worker ? "The worker" : "The challenger";
      const steps = 16n ** BigInt(event.exponent);
      const apart = `${steps.toLocaleString("en")} ${steps === 1n ? "step" : "steps"} apart`;
      const said = isFirst
        ? `${role} named 16 states of the task, ${apart}`
        : `${role} disputed state ${event.index + 1} of those 16 first, and named 16 on the way to it, ${apart}`;
      return { ...line, kind: "claimed", said };
    }
    case "chunksAsked":
      return {
        ...line,
        kind: "questioned",
        said: `The challenger asked for ${event.chunks.length} pieces of the content`,
      };
    case "chunkShown":
      return { ...line, kind: "submitted", said: `The worker showed piece ${event.chunk}` };
    case "decided":
      return {
        ...line,
        kind: event.ruling === 2 || event.ruling === 4 ? "wrong" : "settled",
        said: (
          <>
            {reasonOf(event.proven, isAsked)}: {RULINGS[event.ruling]}. The fee went to{" "}
            <Account address={event.paid} />
          </>
        ),
      };
  }
}

/** What decided. Without a step it was a clock, unless what was asked for was shown. */
function reasonOf(proven: string, isAsked: boolean): string {
  if (proven !== zeroHash) return "One instruction was carried out on chain";
  return isAsked ? "Decided" : "A clock ran out";
}
