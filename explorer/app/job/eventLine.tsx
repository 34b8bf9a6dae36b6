import type { WatchedJobEvent } from "@assay/sdk";
import type { ComponentChildren } from "preact";
import type { Unit } from "../format/amount.ts";
import type { Kind } from "../parts/shapes.tsx";
import { Account, Amount } from "../parts/values.tsx";
import { batchPath, disputePath, taskPath } from "../route/route.ts";
import { RULINGS } from "./rulings.ts";

/** An event of a job in words, with the shape of the state that it leads to. */
export function describe(
  event: WatchedJobEvent,
  unit: Unit,
): { kind: Kind; said: ComponentChildren } {
  const batch = (index: number) => <a href={batchPath(event.jobId, index)}>batch {index}</a>;
  switch (event.type) {
    case "jobPosted":
      return { kind: "open", said: <>{who(event.requester)} posted the job</> };
    case "jobCancelled":
      return {
        kind: "void",
        said: (
          <>
            The requester cancelled the job; <Amount value={event.refund} unit={unit} /> came back
          </>
        ),
      };
    case "batchClaimed":
      return {
        kind: "claimed",
        said: (
          <>
            {who(event.worker)} claimed {batch(event.batch)}
          </>
        ),
      };
    case "batchSubmitted":
      return {
        kind: "submitted",
        said: (
          <>
            {who(event.worker)} submitted {batch(event.batch)}
          </>
        ),
      };
    case "batchSettled":
      return {
        kind: "settled",
        said: (
          <>
            {who(event.worker)} was paid <Amount value={event.reward} unit={unit} /> for{" "}
            {batch(event.batch)}
          </>
        ),
      };
    case "batchExpired":
      return {
        kind: "wrong",
        said: (
          <>
            {who(event.worker)} missed the deadline of {batch(event.batch)} and lost{" "}
            <Amount value={event.penalty} />
          </>
        ),
      };
    case "batchReleased":
      return {
        kind: "open",
        said: (
          <>
            {who(event.worker)} gave {batch(event.batch)} back for <Amount value={event.fee} />
          </>
        ),
      };
    case "batchRefunded":
      return {
        kind: "void",
        said: (
          <>
            <Amount value={event.amount} unit={unit} /> for {batch(event.batch)} came back to the
            requester
          </>
        ),
      };
    case "leafDemanded":
      return {
        kind: "questioned",
        said: (
          <>
            {who(event.asker)} demanded the leaf of{" "}
            <a href={taskPath(event.jobId, event.position)}>task {event.position}</a>, for a bond of{" "}
            <Amount value={event.bond} />
          </>
        ),
      };
    case "leafRevealed":
      return { kind: "submitted", said: <>The worker showed the leaf of {batch(event.batch)}</> };
    case "batchChallenged":
      return {
        kind: "questioned",
        said: (
          <>
            {who(event.dispute.challenger)} challenged{" "}
            <a href={disputePath(event.jobId, event.batch, event.id)}>
              task {event.dispute.position} of batch {event.batch}
            </a>
          </>
        ),
      };
    case "challengeResolved":
      return {
        kind: event.ruling === 2 || event.ruling === 4 ? "wrong" : "submitted",
        said: (
          <>
            <a href={disputePath(event.jobId, event.batch, event.id)}>The dispute</a> about batch{" "}
            {event.batch} was decided: {RULINGS[event.ruling]}
          </>
        ),
      };
    case "demandVoided":
      return { kind: "void", said: <>A demand about {batch(event.batch)} is void</> };
    case "feeReturned":
      return {
        kind: "void",
        said: (
          <>
            {who(event.account)} got <Amount value={event.amount} /> of fees back
          </>
        ),
      };
    case "workerSlashed":
      return {
        kind: "wrong",
        said: (
          <>
            {who(event.worker)} lost <Amount value={event.slashed} /> of stake for{" "}
            {batch(event.batch)}
          </>
        ),
      };
  }
}

const who = (address: string) => <Account address={address} />;
