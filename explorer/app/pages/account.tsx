import type { MarketEvent } from "@assay/sdk";
import { withdraw } from "@assay/sdk";
import type { ComponentChildren } from "preact";
import type { Address } from "viem";
import { ETHER, shownBps } from "../format/amount.ts";
import { shortHash } from "../format/text.ts";
import { describe } from "../job/eventLine.tsx";
import { Facts, Section, Title } from "../parts/layout.tsx";
import { Note, Problem, Waiting } from "../parts/notes.tsx";
import type { Kind } from "../parts/shapes.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { Copy } from "../parts/text.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { Amount, Moment } from "../parts/values.tsx";
import { jobPath } from "../route/route.ts";
import { Act } from "../wallet/act.tsx";
import { JobTable } from "./jobTable.tsx";
import { type AccountView, BACK, useAccount } from "./useAccount.ts";
import { useJobs } from "./useJobs.ts";

export function AccountPage({ address }: { address: Address }) {
  const { value, error } = useAccount(address);
  return (
    <>
      <Title title={`Account ${shortHash(address)}`}>
        <Copy value={address} />
      </Title>
      {error !== undefined && <Problem error={error} what="The account could not be read." />}
      {value === undefined ? (
        error === undefined && <Waiting what="the account" />
      ) : (
        <View address={address} view={value} />
      )}
      <Jobs requester={address} />
    </>
  );
}

function View({ address, view }: { address: Address; view: AccountView }) {
  const { account, credit, balance, events, earned, lost, scores } = view;
  const { stake, locked, free, unbonding, unbondingReadyAt } = account;
  return (
    <>
      <div class="columns">
        <Section title="Money">
          <Facts
            rows={[
              ["Balance", <Amount value={balance} />],
              ["Credit in the Marketplace", <Amount value={credit} />],
              ["Stake", <Amount value={stake} />],
              ["Locked for batches", <Amount value={locked} />],
              ["Free", <Amount value={free} />],
              ...(unbonding > 0n
                ? ([
                    [
                      "Unbonding",
                      <>
                        <Amount value={unbonding} /> <Moment at={unbondingReadyAt} />
                      </>,
                    ],
                  ] as const)
                : []),
            ]}
          />
          {credit > 0n && (
            <Act
              label="Withdraw the credit"
              by={address}
              done="The credit is withdrawn."
              act={(writer) => withdraw(writer, {})}
            />
          )}
        </Section>
        <Section title="Record">
          <Facts
            rows={[
              ["Score", shownBps(account.score)],
              ["Batches paid", account.settledBatches.toLocaleString("en")],
              ["Found wrong", account.slashedBatches.toLocaleString("en")],
              ["Deadlines missed", account.expiredBatches.toLocaleString("en")],
              ["Earned", <Amount value={earned} />],
              ["Stake lost", <Amount value={lost} />],
            ]}
          />
          {scores.length > 1 && (
            <Sparkline
              label="Score over time"
              values={scores.map(({ score }) => score)}
              ends={[`block ${scores[0]?.block}`, `block ${scores.at(-1)?.block}`]}
            />
          )}
        </Section>
      </div>
      <Section
        title="What happened"
        aside={<span class="faint">in the last {BACK.toLocaleString("en")} blocks</span>}
      >
        {events.length === 0 ? (
          <Note>Nothing.</Note>
        ) : (
          <Timeline
            most={12}
            items={events.map((event) => ({
              key: `${event.blockHash}-${event.logIndex}`,
              ...lineOf(event),
              when: <span class="number">block {event.blockNumber.toLocaleString("en")}</span>,
            }))}
          />
        )}
      </Section>
    </>
  );
}

/** An event of a job with a link to it, or one of the account alone. */
function lineOf(event: MarketEvent): { kind: Kind; said: ComponentChildren } {
  if ("jobId" in event) {
    const { kind, said } = describe({ ...event, removed: false }, ETHER);
    return {
      kind,
      said: (
        <>
          {said} of job{" "}
          <a class="mono" href={jobPath(event.jobId)}>
            {shortHash(event.jobId)}
          </a>
        </>
      ),
    };
  }
  const amount = "amount" in event ? <Amount value={event.amount} /> : null;
  switch (event.type) {
    case "questionPrepared":
      return { kind: "questioned", said: <>Prepared a question with {amount}</> };
    case "preparationReclaimed":
      return { kind: "void", said: <>Took back {amount} of a question that another asked</> };
    case "deposited":
      return { kind: "submitted", said: <>Deposited {amount} as stake</> };
    case "unbonded":
      return { kind: "claimed", said: <>Began to unbond {amount}</> };
    case "rebonded":
      return { kind: "submitted", said: <>Made {amount} stake again</> };
    case "stakeWithdrawn":
      return { kind: "settled", said: <>Withdrew {amount} of stake</> };
    case "creditAdded":
      return { kind: "settled", said: <>Got {amount} of credit</> };
    case "creditGiven":
      return { kind: "settled", said: <>{amount} of credit went from one account to another</> };
    case "creditWithdrawn":
      return { kind: "settled", said: <>Withdrew {amount} of credit</> };
    case "rightsSet":
      return {
        kind: "open",
        said: <>Set rights of an operator: {event.rights.join(", ") || "none"}</>,
      };
    case "noncesUsed":
      return { kind: "open", said: <>Used up nonces</> };
  }
}

function Jobs({ requester }: { requester: Address }) {
  const { lines, hasMore, more } = useJobs({ requester });
  if (lines.length === 0) return null;
  return (
    <Section title="Jobs that it posted">
      <JobTable lines={lines} />
      {hasMore && (
        <button type="button" class="quiet" onClick={more}>
          Older jobs
        </button>
      )}
    </Section>
  );
}
