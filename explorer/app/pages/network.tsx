import { useEffect, useState } from "preact/hooks";
import { isAddress } from "viem";
import { counted } from "../format/amount.ts";
import { shownLine } from "../format/text.ts";
import { useMarket } from "../market/market.ts";
import { useRead } from "../market/useRead.ts";
import { Facts, Section, Table, Title } from "../parts/layout.tsx";
import { Note, Problem, Waiting } from "../parts/notes.tsx";
import { Hash, Line } from "../parts/text.tsx";
import { Account } from "../parts/values.tsx";

/** As the node's `/api/network` has it; what peers say of themselves is theirs. */
interface NetworkView {
  peerId: string;
  multiaddrs: string[];
  connections: { peerId: string; multiaddr: string; agent?: string }[];
  present: {
    peerId: string;
    account?: string;
    roles: string[];
    tags: string[];
    freeBatches: number;
  }[];
}

const AGAIN_MS = 3_000;

export function NetworkPage() {
  const { settings } = useMarket();
  const { node } = settings;
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const { value, error } = useRead(
    async (signal) => {
      if (node === undefined) return undefined;
      const response = await fetch(`${node}/api/network`, { signal });
      if (!response.ok) throw new TypeError(`The node says ${response.status}.`);
      return (await response.json()) as NetworkView;
    },
    [node, turn],
  );
  return (
    <>
      <Title title="Network" />
      {node === undefined && (
        <Note>
          No node is set, and only a node sees its network: <code>assay explorer --node URL</code>.
        </Note>
      )}
      {error !== undefined && <Problem error={error} what="The node could not be asked." />}
      {node !== undefined && value === undefined && error === undefined && (
        <Waiting what="the network" />
      )}
      {value !== undefined && <View view={value} />}
    </>
  );
}

function View({ view: { peerId, multiaddrs, connections, present } }: { view: NetworkView }) {
  return (
    <>
      <Section
        title={counted(
          present.length,
          "node that says it is there",
          "nodes that say they are there",
        )}
      >
        {present.length === 0 ? (
          <Note>Nobody said so lately.</Note>
        ) : (
          <Table
            label="Nodes of this Marketplace"
            columns={["Peer", "Account", "Roles", "Tags", "Free batches"]}
            rows={present.map(({ peerId, account, roles, tags, freeBatches }) => ({
              key: peerId,
              cells: [
                <Hash value={shownLine(peerId)} kept={6} />,
                account !== undefined && isAddress(account) ? (
                  <Account address={account} />
                ) : (
                  <span class="faint">none</span>
                ),
                <Line text={roles.join(", ")} most={80} />,
                <Line text={tags.join(", ") || "none"} most={120} />,
                <span class="number">{String(freeBatches)}</span>,
              ],
            }))}
          />
        )}
      </Section>
      <Note>
        Nodes announce no prices. One says what it asks for a job when it is asked:{" "}
        <code>assay job quote</code>.
      </Note>
      <Section title="The node that was asked">
        <Facts
          rows={[
            ["Peer", <Hash value={shownLine(peerId)} kept={8} />],
            ...multiaddrs.map(
              (address, index) => [`Address ${index + 1}`, <Line text={address} />] as const,
            ),
          ]}
        />
      </Section>
      <Section title={counted(connections.length, "connection")}>
        <Table
          label="Connections of the node"
          columns={["Peer", "Software", "Address"]}
          rows={connections.map(({ peerId, agent, multiaddr }, index) => ({
            key: `${peerId} ${index}`,
            cells: [
              <Hash value={shownLine(peerId)} kept={8} />,
              <Line text={agent ?? "not said yet"} most={40} />,
              <Line text={multiaddr} />,
            ],
          }))}
        />
      </Section>
    </>
  );
}
