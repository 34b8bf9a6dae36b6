import { EventEmitter } from "node:events";
import { createPeer, type Peer, type PeerNetworkOptions } from "@assay/network";
import type { KeptBlocks } from "../blocks/keptBlocks.ts";
import { openBlocks } from "../blocks/openBlocks.ts";
import type { NodeEventMap, Report } from "../kernel/events.ts";
import type { NetworkRole } from "../kernel/part.ts";
import { type Stall, watchProgress } from "../kernel/progress.ts";
import { prepareDataDir } from "./dataDir.ts";
import { peerStatusOf } from "./marketStatus.ts";
import type { OwnedByNode } from "./options.ts";
import { reportReach } from "./reachNews.ts";
import type { NodeStatus } from "./status.ts";

export interface NetworkNodeOptions extends Omit<PeerNetworkOptions, OwnedByNode> {
  roles: readonly NetworkRole[];
  /** Where the peer's key is kept, and so its name. */
  dataDir: string;
  /** Maximum size of the blocks on disk, in bytes. Default: no limit. */
  diskQuotaBytes?: number | undefined;
  /** Called for every event, besides the listeners of `events`. */
  onEvent?: Report | undefined;
}

export interface NetworkNode {
  readonly events: EventEmitter<NodeEventMap>;
  /** From {@link start} on. */
  readonly peer: Peer;
  /**
   * Joins the network. May be called once.
   *
   * @throws DataDirInUseError {@link DataDirUnwritableError} ListenError PrivateAddressError; nothing is left running then.
   */
  start(): Promise<void>;
  readonly stalls: readonly Stall[];
  status(): Promise<NodeStatus>;
  /** There is nothing to finish. */
  drain(): Promise<number>;
  stop(): Promise<void>;
  /** Resolves when it has stopped. */
  readonly ended: Promise<void>;
}

/**
 * Creates a node that serves only the network: others join through it (`bootstrap`) or are reached through it (`relay`). It has no account
 * and reads no chain. Given a chain id and a Marketplace, it forwards that Marketplace's gossip.
 */
export function createNetworkNode({
  roles,
  dataDir,
  diskQuotaBytes,
  onEvent,
  ...options
}: NetworkNodeOptions): NetworkNode {
  const events = new EventEmitter<NodeEventMap>();
  const ended = Promise.withResolvers<void>();
  let peer: Peer | undefined;
  let kept: KeptBlocks | undefined;
  const report: Report = (name, fields) => {
    onEvent?.(name, fields);
    (events as EventEmitter).emit(name, fields);
  };
  const progress = watchProgress({ report });
  return {
    events,
    get stalls() {
      return progress.stalls;
    },
    get peer() {
      if (peer === undefined) throw new TypeError("the node was not started");
      return peer;
    },
    async start() {
      await prepareDataDir(dataDir);
      progress.moved("start", "the network");
      const { stores, kept: blocks } = await openBlocks(dataDir, { quotaBytes: diskQuotaBytes });
      peer = await createPeer({
        ...options,
        ...{ stores, relay: roles.includes("relay"), services: roles },
        onReach: (reachability) => reportReach(report, reachability),
        onBan: (name, ms, reason) => report("peer banned", { name, ms, reason }),
      });
      kept = blocks;
      progress.moved("start", undefined);
      const { peerId, multiaddrs } = peer;
      report("node started", { peerId, multiaddrs, roles: [...roles] });
    },
    async status() {
      if (peer === undefined) throw new TypeError("the node was not started");
      return {
        roles,
        ...peerStatusOf(peer),
        isDraining: false,
        stalls: progress.stalls,
        isFirst: (options.bootstrap ?? []).length === 0,
        disk: await kept?.usage(),
      };
    },
    async drain() {
      report("node drained", { batches: 0 });
      return 0;
    },
    async stop() {
      report("node stopping", {});
      progress.stop();
      await peer?.stop();
      ended.resolve();
    },
    ended: ended.promise,
  };
}
