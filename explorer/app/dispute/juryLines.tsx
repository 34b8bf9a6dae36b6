import type { JuryEvent } from "@assay/sdk";
import { RULINGS } from "../job/rulings.ts";
import type { Happening } from "../parts/timeline.tsx";
import { Account, Amount, Moment } from "../parts/values.tsx";

const PANELS = ["the first panel", "its replacement", "the appeal", "the appeal's replacement"];

/** What jurors did, in words. */
export function juryLines(events: readonly JuryEvent[]): Happening[] {
  return events.map(lineOf);
}

function lineOf(event: JuryEvent): Happening {
  const line = {
    key: `${event.blockHash}-${event.logIndex}`,
    when: <span class="number">block {event.blockNumber.toLocaleString("en")}</span>,
  };
  switch (event.type) {
    case "disputeOpened":
      return { ...line, kind: "questioned", said: "The jury was called" };
    case "drawRequested":
      return { ...line, kind: "open", said: `Randomness was asked for, for ${panel(event)}` };
    case "juryDrawn":
      return {
        ...line,
        kind: "claimed",
        said: (
          <>
            {event.jurors.length} seats of {panel(event)} were drawn; verdicts are committed until{" "}
            <Moment at={event.commitEndsAt} />
          </>
        ),
      };
    case "verdictCommitted":
      return {
        ...line,
        kind: "claimed",
        said: (
          <>
            <Account address={event.juror} /> committed to a verdict
          </>
        ),
      };
    case "revealStarted":
      return { ...line, kind: "submitted", said: "All committed: verdicts are revealed" };
    case "verdictRevealed":
      return {
        ...line,
        kind: event.verdict === 2 || event.verdict === 4 ? "wrong" : "ok",
        said: (
          <>
            <Account address={event.juror} /> voted: {RULINGS[event.verdict]}
          </>
        ),
      };
    case "appealed":
      return {
        ...line,
        kind: "questioned",
        said: (
          <>
            <Account address={event.appellant} /> appealed
          </>
        ),
      };
    case "jurorSlashed":
      return {
        ...line,
        kind: "wrong",
        said: (
          <>
            Juror {event.number} lost <Amount value={event.amount} />
          </>
        ),
      };
    case "disputeSettled":
      return {
        ...line,
        kind: event.ruling === 2 || event.ruling === 4 ? "wrong" : "settled",
        said: (
          <>
            The jury ruled: {RULINGS[event.ruling]}. {event.coherent.toLocaleString("en")} seats
            were with the majority and earn <Amount value={event.share} /> each
          </>
        ),
      };
  }
}

const panel = ({ panel }: { panel: number }) => PANELS[panel] ?? `panel ${panel}`;
