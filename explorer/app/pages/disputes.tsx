import { type WatchedDisputeEvent, watchDisputes } from "@assay/sdk";
import { useState } from "preact/hooks";
import { GROUNDS, RULINGS } from "../job/rulings.ts";
import { useHead } from "../market/head.ts";
import { useMarket } from "../market/market.ts";
import { useFollow } from "../market/useRead.ts";
import { Section, Table, Title } from "../parts/layout.tsx";
import { Note, Problem, Waiting } from "../parts/notes.tsx";
import { State } from "../parts/shapes.tsx";
import { Hash } from "../parts/text.tsx";
import { Account } from "../parts/values.tsx";
import { disputePath, jobPath, taskPath } from "../route/route.ts";

type Challenged = Extract<WatchedDisputeEvent, { type: "batchChallenged" }>;

/** So many blocks back: a long chain has more than a page should read. */
const BACK = 50_000n;

export function DisputesPage() {
  const { client } = useMarket();
  const { number } = useHead();
  const [events, setEvents] = useState<readonly WatchedDisputeEvent[]>([]);
  const [isRead, setRead] = useState(false);
  const [error, setError] = useState<unknown>();

  useFollow(
    async (signal) => {
      const latest = await client.public.getBlockNumber({ cacheTime: 0 });
      const first = latest > BACK ? latest - BACK : 0n;
      const fromBlock = first > client.deployedAt ? first : client.deployedAt;
      const onBlock = () => setRead(true);
      for await (const event of watchDisputes(client, { fromBlock, signal, onBlock })) {
        setEvents((all) =>
          event.removed ? all.filter((one) => one.blockHash !== event.blockHash) : [...all, event],
        );
      }
    },
    setError,
    [client],
  );

  const rulings = new Map(
    events.flatMap((event) =>
      event.type === "challengeResolved" ? [[event.id, event.ruling] as const] : [],
    ),
  );
  const disputes = events.filter((event): event is Challenged => event.type === "batchChallenged");
  return (
    <>
      <Title title="Disputes" />
      {error !== undefined && <Problem error={error} what="The disputes could not be read." />}
      <Section title="Newest first">
        {disputes.length > 0 && (
          <Table
            label="Disputes, the newest first"
            columns={["Dispute", "State", "Claim", "Task", "Job", "Challenger", "Worker"]}
            rows={disputes.toReversed().map(({ id, batch, jobId, dispute }) => ({
              key: id,
              cells: [
                <Hash value={id} href={disputePath(jobId, batch, id)} />,
                <RulingState ruling={rulings.get(id)} />,
                GROUNDS[dispute.ground],
                <a class="number" href={taskPath(jobId, dispute.position)}>
                  {dispute.position}
                </a>,
                <Hash value={jobId} href={jobPath(jobId)} />,
                <Account address={dispute.challenger} />,
                <Account address={dispute.worker} />,
              ],
            }))}
          />
        )}
        {!isRead && error === undefined && <Waiting what="disputes" />}
        {isRead && disputes.length === 0 && (
          <Note>
            No result was challenged
            {number !== undefined &&
              number > BACK &&
              ` in the last ${BACK.toLocaleString("en")} blocks`}
            .
          </Note>
        )}
      </Section>
    </>
  );
}

export function RulingState({ ruling }: { ruling: number | undefined }) {
  if (ruling === undefined || ruling === 0) return <State kind="questioned">Open</State>;
  const isWrong = ruling === 2 || ruling === 4;
  const said = RULINGS[ruling] ?? "";
  return (
    <State kind={isWrong ? "wrong" : ruling === 3 ? "void" : "ok"}>
      {`${said.charAt(0).toUpperCase()}${said.slice(1)}`}
    </State>
  );
}
