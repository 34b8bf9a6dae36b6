import { AssayError, type MarketEvent } from "@assay/sdk";
import type { Head } from "../chain/follower.ts";
import { type Loop, startLoop } from "../concurrency/loop.ts";
import type { Report } from "./events.ts";
import { messageOf } from "./report.ts";

/** Roles that follow the chain. Each is a part of the node. */
export type ChainRole = "worker" | "auditor" | "juror";

/** Roles that serve the network and do not need the chain. */
export type NetworkRole = "bootstrap" | "relay";

export type NodeRole = ChainRole | NetworkRole;

/** A part of a node that the chain drives. */
export interface Part {
  /** Takes over events, within the database transaction that notes their blocks as read. */
  onEvents(events: readonly MarketEvent[]): void;
  /**
   * Takes back what followed from events in the blocks after this one, which the chain has replaced. Called within the database
   * transaction that takes the blocks back. The events of their replacements follow.
   */
  onRollback(toBlock: bigint): void;
  /** Called for each new block: time has passed. */
  onHead(head: Head): void;
  /**
   * Begins to work. Called once all events up to the head were taken over and the account's earlier transactions are mined.
   *
   * @throws InsufficientBalanceError when the account cannot pay for what the part needs.
   */
  start(): Promise<void>;
  /** Ends the work that is under way, without losing any. */
  stop(): Promise<void>;
}

/** A loop whose failures are reported. */
function startReportedLoop(
  report: Report,
  name: string,
  step: (signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Loop {
  const onError = (error: unknown) => {
    const code = error instanceof AssayError ? error.code : undefined;
    report("step failed", { step: name, error: messageOf(error), code });
  };
  return startLoop({ step, onError, signal });
}

/** A part that takes one step after the other, and looks for the next one at every new block. */
export function createLoopPart({
  name,
  report,
  onEvents,
  onRollback = () => {},
  prepare = async () => {},
  step,
}: {
  name: string;
  report: Report;
  onEvents: (events: readonly MarketEvent[]) => void;
  onRollback?: (toBlock: bigint) => void;
  /** Called before the first step. */
  prepare?: (signal: AbortSignal) => Promise<void>;
  step: (signal: AbortSignal) => Promise<boolean>;
}): Part & { wake(): void } {
  const stopping = new AbortController();
  let loop: Loop | undefined;
  const wake = () => loop?.wake();
  return {
    onEvents(events) {
      onEvents(events);
      wake();
    },
    onRollback(toBlock) {
      onRollback(toBlock);
      wake();
    },
    onHead: wake,
    wake,
    async start() {
      await prepare(stopping.signal);
      loop = startReportedLoop(report, name, step, stopping.signal);
    },
    async stop() {
      stopping.abort(new Error("the node is stopping"));
      await loop?.done;
    },
  };
}

/** Several parts as one. They start in their order, and stop in the opposite one. */
export function joinParts(parts: readonly Part[]): Part {
  return {
    onEvents(events) {
      for (const part of parts) part.onEvents(events);
    },
    onRollback(toBlock) {
      for (const part of parts) part.onRollback(toBlock);
    },
    onHead(head) {
      for (const part of parts) part.onHead(head);
    },
    async start() {
      for (const part of parts) await part.start();
    },
    async stop() {
      for (const part of parts.toReversed()) await part.stop();
    },
  };
}
