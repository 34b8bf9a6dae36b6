import { shortHash, shownLine } from "../format/text.ts";
import { Section, Title } from "../parts/layout.tsx";
import { Note, Waiting } from "../parts/notes.tsx";
import { Shape, ShapeSheet, State } from "../parts/shapes.tsx";
import { Copy, Line } from "../parts/text.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { DiskAndChain, Money, Peers, Work } from "./nodeParts.tsx";
import { type Check, type NodePage, type ToldEvent, useNode } from "./useNode.ts";

/** A node's own page: is it well, what does it do, what does it earn. */
export function NodeApp() {
  const { page, events, isLost } = useNode();
  const status = page?.status;
  const peerId = shownLine(status?.peerId ?? "");
  return (
    <>
      <ShapeSheet />
      <header class="nav">
        <div>
          <span class="brand">
            <svg viewBox="0 0 32 32" aria-hidden="true">
              <path d="M8 23 16 8l8 15M11.2 17.5h9.6" />
            </svg>
            Assay node
          </span>
          <span class="block push">
            <span>{status?.roles.map((role) => shownLine(role)).join(", ")}</span>
          </span>
          <span class={`block ${isLost ? "lost" : ""}`}>
            <i aria-hidden="true" />
            <span>{isLost ? "No answer" : `Version ${shownLine(page?.version ?? "…", 20)}`}</span>
          </span>
        </div>
      </header>
      <main class="page">
        <Title title={status === undefined ? "Node" : `Node ${shortHash(peerId, 6)}`}>
          {status !== undefined && <Copy value={peerId} />}
        </Title>
        {isLost && (
          <p class="note problem" role="alert">
            The node does not answer. What is shown is what it said last.
          </p>
        )}
        {page === undefined ? <Waiting what="the node" /> : <Known page={page} events={events} />}
      </main>
    </>
  );
}

function Known({ page, events }: { page: NodePage; events: readonly ToldEvent[] }) {
  const { status, readiness, earnings } = page;
  return (
    <>
      <Alerts ready={readiness.ready} checks={readiness.checks} />
      {status !== undefined && (
        <>
          <div class="columns">
            {status.chain !== undefined && <Money chain={status.chain} earnings={earnings} />}
            {status.chain !== undefined && <Work chain={status.chain} />}
          </div>
          <div class="columns">
            <DiskAndChain status={status} events={events} />
          </div>
        </>
      )}
      <Section title="What happens">
        {events.length === 0 ? (
          <Note>Nothing yet.</Note>
        ) : (
          <Timeline
            most={25}
            items={events.map(({ atMs, name, level, fields }, index) => ({
              key: `${atMs} ${events.length - index}`,
              kind: level === "error" ? "wrong" : level === "warn" ? "questioned" : "open",
              said: (
                <>
                  <strong class="plain">{shownLine(name)}</strong>{" "}
                  <span class="faint">
                    <Line text={wordsOf(fields)} most={260} />
                  </span>
                </>
              ),
              when: <time>{new Date(atMs).toLocaleTimeString()}</time>,
            }))}
          />
        )}
      </Section>
      {status !== undefined && <Peers status={status} />}
    </>
  );
}

/** What is wrong, and what to do about it: the node's own words. */
function Alerts({ ready, checks }: { ready: boolean; checks: readonly Check[] }) {
  const wrong = checks.filter(({ ok }) => !ok);
  return (
    <div class="lead">
      <p role="status">
        <State kind={ready ? "settled" : "wrong"}>{ready ? "Ready" : "Not ready"}</State>
        <span>
          {wrong.length === 0
            ? `All ${checks.length} checks are well`
            : `${checks.length - wrong.length} of ${checks.length} checks are well`}
        </span>
      </p>
      {wrong.length > 0 && (
        <ul class="alerts">
          {wrong.map(({ name, problem, isWarning }) => (
            <li key={name}>
              <Shape kind={isWarning ? "questioned" : "wrong"} />
              <div>
                <strong>{shownLine(name)}</strong> <Line text={problem ?? ""} most={600} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function wordsOf(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `${name} ${/^0x[\da-f]{40,}$/i.test(text) ? shortHash(text) : text}`;
    })
    .join("  ");
}
