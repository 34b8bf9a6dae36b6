import type { Dispute, WatchedJobEvent } from "@assay/sdk";
import type { Hex } from "viem";
import { readArbitration } from "../dispute/arbitration.ts";
import { Clocks } from "../dispute/clocks.tsx";
import { juryLines } from "../dispute/juryLines.tsx";
import { proofLines } from "../dispute/proofLines.tsx";
import { shortHash } from "../format/text.ts";
import { describe } from "../job/eventLine.tsx";
import { slashesOf } from "../job/money.ts";
import { SlashTable } from "../job/moneyTable.tsx";
import { GROUNDS } from "../job/rulings.ts";
import { type LiveJob, useJob } from "../job/useJob.ts";
import { useHead } from "../market/head.ts";
import { useMarket } from "../market/market.ts";
import { useRead } from "../market/useRead.ts";
import { useUnit } from "../market/useUnit.ts";
import { Facts, Section, Title } from "../parts/layout.tsx";
import { Note, Problem, Waiting } from "../parts/notes.tsx";
import { Hash } from "../parts/text.tsx";
import { type Happening, Timeline } from "../parts/timeline.tsx";
import { Account, Amount } from "../parts/values.tsx";
import { taskPath } from "../route/route.ts";
import { ResolveDispute } from "../wallet/resolveDispute.tsx";
import { Crumb } from "./batch.tsx";
import { RulingState } from "./disputes.tsx";

export function DisputePage({ jobId, batch, id }: { jobId: Hex; batch: number; id: Hex }) {
  const { job, error } = useJob(jobId);
  const challenged = job?.events.find(
    (event) => event.type === "batchChallenged" && event.id === id,
  );
  return (
    <>
      <Title title={`Dispute ${shortHash(id)}`}>
        <Crumb jobId={jobId} batch={batch} />
      </Title>
      {error !== undefined && <Problem error={error} what="Not all could be read." />}
      {job === undefined && error === undefined && <Waiting what="the dispute" />}
      {job !== undefined && challenged === undefined && <Note>The job has no such dispute.</Note>}
      {job !== undefined && challenged?.type === "batchChallenged" && (
        <Told job={job} dispute={challenged.dispute} id={id} since={challenged.blockNumber} />
      )}
    </>
  );
}

interface ToldDispute {
  job: LiveJob;
  dispute: Dispute;
  id: Hex;
  /** The block of the challenge. */
  since: bigint;
}

function Told({ job: { handle, events }, dispute, id, since }: ToldDispute) {
  const { client } = useMarket();
  const { number } = useHead();
  const { jobId, terms } = handle;
  const unit = useUnit(terms.token);
  const own = events.filter((event) => isOf(event, dispute, id));
  const resolved = own.find((event) => event.type === "challengeResolved");
  const ruling = resolved?.type === "challengeResolved" ? resolved.ruling : undefined;
  const arbitration = useRead(
    (signal) => readArbitration(client, { id, arbiter: terms.arbiter, fromBlock: since }, signal),
    [client, id, resolved === undefined ? number : resolved.blockNumber],
  );
  const said = arbitration.value;
  const inside =
    said?.by === "proof"
      ? proofLines(said.events, dispute)
      : said?.by === "jury"
        ? juryLines(said.events)
        : [];
  const places = new Map<string, [bigint, number]>();
  for (const { blockHash, blockNumber, logIndex } of [
    ...own,
    ...(said === undefined || said.by === "unknown" ? [] : said.events),
  ]) {
    places.set(`${blockHash}-${logIndex}`, [blockNumber, logIndex]);
  }
  const outside: Happening[] = own.map((event) => ({
    key: `${event.blockHash}-${event.logIndex}`,
    ...describe(event, unit),
    when: <span class="number">block {event.blockNumber.toLocaleString("en")}</span>,
  }));
  const all = [...outside, ...inside].toSorted((a, b) => {
    const [blockA, indexA] = places.get(a.key) ?? [0n, 0];
    const [blockB, indexB] = places.get(b.key) ?? [0n, 0];
    return blockA === blockB ? indexA - indexB : blockA < blockB ? -1 : 1;
  });
  const slashes = slashesOf(own);
  return (
    <>
      <div class="lead">
        <p role="status">
          <RulingState ruling={ruling} />
          <span>
            <Account address={dispute.challenger} /> says of{" "}
            <a href={taskPath(jobId, dispute.position)}>task {dispute.position}</a>:{" "}
            {GROUNDS[dispute.ground]}
          </span>
        </p>
      </div>
      {said !== undefined && ruling === undefined && <Clocks arbitration={said} />}
      {arbitration.error !== undefined && (
        <Problem error={arbitration.error} what="The arbiter could not be asked." />
      )}
      <div class="columns">
        <Section title="Parties">
          <Facts
            rows={[
              ["Challenger", <Account address={dispute.challenger} />],
              ["Worker", <Account address={dispute.worker} />],
              ["Requester", <Account address={dispute.requester} />],
              [
                said?.by === "proof"
                  ? "ProofArbiter"
                  : said?.by === "jury"
                    ? "JuryArbiter"
                    : "Arbiter",
                <Hash value={terms.arbiter} />,
              ],
            ]}
          />
        </Section>
        <Section title="Who paid whom">
          <Facts
            rows={[
              ["Bond of the challenger", <Amount value={dispute.bond} />],
              ["Fee of the arbiter", <Amount value={dispute.fee} />],
            ]}
          />
          {slashes.count > 0 && <SlashTable slashes={slashes} />}
        </Section>
      </div>
      {said !== undefined && ruling === undefined && (
        <ResolveDispute dispute={dispute} terms={terms} arbitration={said} />
      )}
      <Section title="What happened">
        <Timeline items={all} most={60} />
      </Section>
    </>
  );
}

/** Events of the dispute itself, and of the slash that followed from it. */
function isOf(event: WatchedJobEvent, { batch, worker }: Dispute, id: Hex): boolean {
  if (event.type === "batchChallenged" || event.type === "challengeResolved")
    return event.id === id;
  if (event.type !== "workerSlashed" && event.type !== "feeReturned") return false;
  return event.batch === batch && (event.type !== "workerSlashed" || event.worker === worker);
}
