import { AssayError, type MarketEvent } from "@assay/sdk";
import type { Head } from "../chain/follower.ts";
import { type Loop, startLoop } from "../concurrency/loop.ts";
import type { Report } from "./events.ts";
import { messageOf } from "./report.ts";

/** What a node is for: each role is a part of it, driven by what the chain says. */
export type ChainRole = "worker" | "auditor" | "juror";

/** Roles besides those, which serve the network and have nothing to do with the chain. */
export type NetworkRole = "bootstrap" | "relay";

export type NodeRole = ChainRole | NetworkRole;

export interface Part {
  /** Takes over events, within the transaction that notes that they were read. */
  onEvents(events: readonly MarketEvent[]): void;
  /**
   * The chain has replaced all blocks after this one: whatever was concluded from their events may not be so. Comes within the
   * transaction that takes them back; what replaced them comes as events.
   */
  onRollback(toBlock: bigint): void;
  /** A new block: time has passed. */
  onHead(head: Head): void;
  /**
   * Begins, once everything up to the head was taken over and the account's earlier transactions are mined.
   *
   * @throws InsufficientBalanceError when the account cannot pay for what the part needs.
   */
  start(): Promise<void>;
  /** Ends what is under way, without losing anything. */
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
  /** Comes before the first step. */
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

/** Several parts as one: they begin in their order, and end in the opposite one. */
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
