import type { EventSource, PagesServer } from "@assay/explorer";
import type { Peer } from "@assay/network";
import type { Endpoint } from "../config/values.ts";
import { levelOf, type NodeEventName, type NodeEvents, type Report } from "../kernel/events.ts";
import type { Stall } from "../kernel/progress.ts";
import type { NodeStatus } from "../node/status.ts";
import { UiListenError } from "./errors.ts";
import type { ReadStatus } from "./metricsServer.ts";
import { type Readiness, readinessOf } from "./readiness.ts";

/** Events that whoever opens the page is told first. */
const MOST_RECENT = 60;
/** Between two tellings of the status, in milliseconds, while somebody looks. */
const STATUS_MS = 2_000;

/** What the node's page shows: `/api/status`, and the event `status`. */
export interface NodePageStatus {
  version: string;
  /** Missing while the node is starting. */
  status?: NodeStatus | undefined;
  readiness: Readiness;
  /** Since the process began, in wei. */
  earnings: Earnings;
}

export interface Earnings {
  sinceMs: number;
  rewardsWei: bigint;
  feesWei: bigint;
  slashedWei: bigint;
}

/** Something that happened, as the page is told of it. */
interface ToldEvent {
  atMs: number;
  level: string;
  name: NodeEventName;
  fields: unknown;
}

export interface UiServer extends PagesServer {
  /** Tells the page what happens. */
  report: Report;
}

/**
 * Serves the node's own page and its read-only API: `/api/status`, `/api/network`, `/api/events`, and blocks at `/ipfs/<cid>`.
 *
 * @throws {@link UiListenError}
 */
export async function startUi(
  endpoint: Endpoint,
  {
    readStatus,
    readStalls = () => undefined,
    peer,
    version,
  }: {
    readStatus: ReadStatus;
    readStalls?: () => readonly Stall[] | undefined;
    /** Throws as long as there is none. */
    peer: () => Peer;
    version: string;
  },
): Promise<UiServer> {
  // Only a node that shows a page needs what pages are served with.
  const { networkOf, servePages } = await import("@assay/explorer");
  const earnings: Earnings = { sinceMs: Date.now(), rewardsWei: 0n, feesWei: 0n, slashedWei: 0n };
  const recent: ToldEvent[] = [];
  const listeners = new Set<(event: ToldEvent) => void>();

  async function read(): Promise<NodePageStatus> {
    const status = await readStatus();
    return { version, status, readiness: readinessOf(status, readStalls()), earnings };
  }

  const events: EventSource = (send) => {
    for (const event of recent) send("event", event);
    const tell = () =>
      void read().then(
        (status) => send("status", status),
        () => {},
      );
    tell();
    const timer = setInterval(tell, STATUS_MS);
    const listener = (event: ToldEvent) => send("event", event);
    listeners.add(listener);
    return () => {
      clearInterval(timer);
      listeners.delete(listener);
    };
  };

  const report: Report = (name, fields) => {
    count(earnings, name, fields);
    const event = { atMs: Date.now(), level: levelOf(name), name, fields };
    recent.push(event);
    if (recent.length > MOST_RECENT) recent.shift();
    for (const listener of listeners) listener(event);
  };

  const server = await servePages({
    ...{ ...endpoint, page: "node", events },
    content: { get: (cid, options) => peer().content.get(cid, options) },
    api: { status: read, network: async () => networkOf(peer()) },
  }).catch((cause) => {
    throw new UiListenError(endpoint, { cause, reason: cause.code ?? cause.message });
  });
  return { ...server, report };
}

function count<Name extends NodeEventName>(
  earnings: Earnings,
  name: Name,
  fields: NodeEvents[Name],
): void {
  if ("rewardWei" in fields && name === "batch settled") earnings.rewardsWei += fields.rewardWei;
  if ("feeWei" in fields) earnings.feesWei += fields.feeWei;
  if ("slashedWei" in fields) earnings.slashedWei += fields.slashedWei;
}
