import type { AssayError } from "@assay/sdk";
import {
  type Follower,
  type FollowerParameters,
  type Head,
  startFollower,
} from "../chain/follower.ts";
import type { Report } from "../kernel/events.ts";
import type { Part } from "../kernel/part.ts";
import type { Progress } from "../kernel/progress.ts";
import { messageOf } from "../kernel/report.ts";
import type { NodeStore } from "../store/nodeStore.ts";
import { createBlockWatch } from "./blockWatch.ts";
import { takeBack, takeEvents } from "./takeEvents.ts";

/** The node's current view of the chain. */
export interface ChainView {
  head: Head;
  /** Whether the events up to the head were read once, and the chain answered the last request. */
  isFollowed: boolean;
}

export interface FollowChainParameters
  extends Pick<FollowerParameters, "client" | "maxReorgDepth" | "pollingIntervalMs"> {
  store: NodeStore;
  parts: readonly Part[];
  /** Kept up to date. */
  view: ChainView;
  /** Whether the chain is one on this machine, whose blocks come when somebody wants one. */
  isLocal: boolean;
  isStarting: () => boolean;
  progress: Progress;
  report: Report;
  /** Called for each new head, after the parts. */
  onHead: () => void;
  onEnd: (error: AssayError) => void;
}

const AN_ANSWER = "an answer of the chain";

/** Follows the chain for the store and the parts of a node. */
export function followChain({
  store,
  parts,
  view,
  isLocal,
  isStarting,
  progress,
  report,
  onHead,
  ...parameters
}: FollowChainParameters): Follower {
  const target = { store, report, parts };
  const noteHead = createBlockWatch(progress, { isLocal });
  progress.moved("chain", AN_ANSWER);
  return startFollower({
    ...parameters,
    nextBlock: store.nextBlock,
    readBlocks: store.readBlocks,
    onEvents(events, nextBlock, blocks) {
      if (isStarting()) progress.moved("start", `the blocks from ${nextBlock} on`);
      progress.moved("chain", AN_ANSWER);
      takeEvents(target, events, { nextBlock, blocks });
    },
    onRollback: (toBlock) => takeBack(target, toBlock),
    onHead(head) {
      noteHead(head, view.head);
      view.head = head;
      for (const part of parts) part.onHead(head);
      onHead();
    },
    onLook: () => progress.moved("chain", AN_ANSWER),
    onTrouble(error) {
      view.isFollowed = error === undefined;
      if (error === undefined) return report("chain followed again", {});
      const reason = messageOf(error);
      for (const area of ["start", "chain"] as const) progress.blocked(area, reason);
      report("chain not followed", { error: reason });
    },
    onMissingLogs: (block) => report("logs were missing", { block }),
    onUnchecked: (blocks) => report("logs not checked", { blocks }),
  });
}
