import type { ComponentChildren } from "preact";
import { counted, shownBytes } from "../format/amount.ts";
import { shownLine } from "../format/text.ts";
import { shownDuration } from "../format/time.ts";
import { Facts, Section, Table } from "../parts/layout.tsx";
import { Note } from "../parts/notes.tsx";
import { type Kind, State } from "../parts/shapes.tsx";
import { Hash, Line } from "../parts/text.tsx";
import { Amount } from "../parts/values.tsx";
import type { ChainStatus, NodePage, NodeStatus, ToldEvent } from "./useNode.ts";

export function Money({
  chain: { account, money },
  earnings,
}: {
  chain: ChainStatus;
  earnings: NodePage["earnings"];
}) {
  const rewards = BigInt(earnings.rewardsWei);
  const fees = BigInt(earnings.feesWei);
  const slashed = BigInt(earnings.slashedWei);
  const hours = shownDuration((Date.now() - earnings.sinceMs) / 1_000);
  return (
    <Section title="Earnings" aside={<span class="faint">in the last {hours}</span>}>
      <table class="sums">
        <caption class="unseen">Earnings less gas</caption>
        <tbody>
          <SumRow name="Rewards" value={rewards} />
          <SumRow name="Gas" value={-fees} />
          <SumRow name="Stake lost" value={-slashed} />
          <tr class="sum">
            <th scope="row">Earned</th>
            <td>
              <Amount value={rewards - fees - slashed} />
            </td>
          </tr>
        </tbody>
      </table>
      <Facts
        rows={[
          ["Account", <Hash value={shownLine(account)} />],
          ...(money === undefined
            ? [["Money", "the chain does not say"] as const]
            : ([
                ["Balance", <Amount value={BigInt(money.balanceWei)} />],
                ["Stake", <Amount value={BigInt(money.stakeWei)} />],
                ["Locked for batches", <Amount value={BigInt(money.lockedWei)} />],
                ["To be withdrawn", <Amount value={BigInt(money.creditWei)} />],
              ] as const)),
        ]}
      />
    </Section>
  );
}

function SumRow({ name, value }: { name: string; value: bigint }) {
  return (
    <tr class={value === 0n ? "none" : ""}>
      <th scope="row">{name}</th>
      <td>
        <Amount value={value} />
      </td>
    </tr>
  );
}

/** The states of a batch of the node, in their order, with their shapes. */
const STATES: readonly [state: string, kind: Kind, name: string][] = [
  ["claimed", "claimed", "Claimed, computing"],
  ["computed", "claimed", "Computed"],
  ["stored", "claimed", "Stored, to be submitted"],
  ["submitted", "submitted", "In their windows"],
  ["disputed", "questioned", "In question"],
  ["settled", "settled", "Settled"],
  ["withdrawn", "settled", "Withdrawn"],
  ["released", "void", "Given back"],
  ["expired", "wrong", "Deadline missed"],
  ["failed", "wrong", "Lost"],
];

export function Work({ chain }: { chain: ChainStatus }) {
  const { asks, batches, jobs, processes, holds, refusals, games } = chain;
  const refused = Object.entries(refusals).filter(([, count]) => count > 0);
  const jobsSaid = Object.entries(jobs).map(([state, count]) => `${count} ${shownLine(state)}`);
  return (
    <Section title="Work" aside={<span class="faint">{counted(processes, "slot")}</span>}>
      <Facts
        rows={[
          ...STATES.filter(
            ([state], index) => index === 0 || index === 3 || (batches[state] ?? 0) > 0,
          ).map(
            ([state, kind, name]) =>
              [name, <State kind={kind}>{String(batches[state] ?? 0)}</State>] as const,
          ),
          ["Jobs", jobsSaid.join(", ") || "none yet"],
          ...asked(asks),
          ...(games.length > 0
            ? ([
                [
                  "Disputes played",
                  `${games.filter(({ isOurTurn }) => isOurTurn).length} of ${games.length} wait for us`,
                ],
              ] as const)
            : []),
          ...refused.map(
            ([reason, count]) => [`Refused: ${shownLine(reason)}`, String(count)] as const,
          ),
          ...holds
            .slice(0, 5)
            .map(
              ({ jobId, reason }) =>
                [`Job ${shownLine(jobId).slice(0, 10)}… waits`, <Line text={reason} />] as const,
            ),
        ]}
      />
    </Section>
  );
}

/** What a price of the node's is made of. It tells others the price when they ask for a quote, and announces none. */
function asked({ minRewardPerTaskWei, weiPerGigafuel, loadMarkup }: ChainStatus["asks"]) {
  const fuel = BigInt(weiPerGigafuel);
  const rows: [name: string, value: ComponentChildren][] = [
    ["Asks for a task, at least", <Amount value={BigInt(minRewardPerTaskWei)} />],
  ];
  if (fuel > 0n) rows.push(["Asks for 10⁹ units of fuel", <Amount value={fuel} />]);
  if (loadMarkup > 0) rows.push(["Asks more under full load", `${100 * loadMarkup} %`]);
  return rows;
}

const TROUBLES = ["endpoint dropped", "endpoint left alone", "endpoint behind", "endpoint doubted"];

export function DiskAndChain({
  status: { disk, chain, reachability, market, peers },
  events,
}: {
  status: NodeStatus;
  events: readonly ToldEvent[];
}) {
  // The newest news of each endpoint.
  const endpoints = new Map<string, string>();
  for (const { name, fields } of events) {
    const endpoint = String(fields.endpoint ?? "");
    if (endpoint === "" || endpoints.has(endpoint)) continue;
    if (TROUBLES.includes(name) || name === "endpoint back") endpoints.set(endpoint, name);
  }
  return (
    <>
      <Section title="Disk">
        {disk === undefined ? <Note>Nothing is kept.</Note> : <Disk disk={disk} />}
      </Section>
      <Section title="Chain and network">
        <Facts
          rows={[
            ...(chain === undefined
              ? []
              : ([
                  ["Chain", `${chain.chainId}, ${chain.isFollowed ? "followed" : "not followed"}`],
                  ["Latest block", BigInt(chain.head.number).toLocaleString("en")],
                  ["Read up to", (BigInt(chain.nextBlock) - 1n).toLocaleString("en")],
                ] as const)),
            ...[...endpoints].map(
              ([endpoint, news]) => [shownLine(endpoint, 60), <Line text={news} />] as const,
            ),
            ["Others can reach it", shownLine(reachability.state)],
            ["Connections", String(peers.length)],
            ...(market === undefined
              ? []
              : ([
                  ["Nodes heard of", `${market.present}, ${market.suspected.length} silent`],
                ] as const)),
          ]}
        />
      </Section>
    </>
  );
}

function Disk({ disk }: { disk: NonNullable<NodeStatus["disk"]> }) {
  const { usedBytes, quotaBytes, freeBytes, isFull } = disk;
  return (
    <>
      {quotaBytes !== undefined && (
        <meter
          aria-label="Quota that is used"
          min={0}
          max={quotaBytes}
          high={quotaBytes * 0.9}
          value={Math.min(usedBytes, quotaBytes)}
        />
      )}
      <Facts
        rows={[
          ["Blocks", shownBytes(usedBytes)],
          ["Quota", quotaBytes === undefined ? "none" : shownBytes(quotaBytes)],
          ["Free on the disk", shownBytes(freeBytes)],
          ["State", <State kind={isFull ? "wrong" : "ok"}>{isFull ? "Full" : "Has room"}</State>],
        ]}
      />
    </>
  );
}

export function Peers({ status: { peers, multiaddrs } }: { status: NodeStatus }) {
  return (
    <>
      <Section title="Connections">
        {peers.length === 0 ? (
          <Note>None.</Note>
        ) : (
          <Table
            label="Connections"
            columns={["Peer", "Address"]}
            rows={peers.slice(0, 200).map(({ peerId, multiaddr }, index) => ({
              key: `${peerId} ${index}`,
              cells: [<Hash value={shownLine(peerId)} kept={8} />, <Line text={multiaddr} />],
            }))}
          />
        )}
      </Section>
      <Section title="Its addresses">
        <ul class="plain-list">
          {multiaddrs.map((address) => (
            <li key={address} class="mono">
              <Line text={address} />
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
