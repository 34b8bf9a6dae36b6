import { EventEmitter } from "node:events";
import type { Peer } from "@assay/network";
import type { Content } from "@assay/sdk";
import type { Address } from "viem";
import type { NodeEventMap, Report } from "../kernel/events.ts";
import { type Stall, watchProgress } from "../kernel/progress.ts";
import { readStatus } from "../store/status.ts";
import { awaitFinished, type DrainUntil, unfinishedBatches } from "./drain.ts";
import { JuryRequiredError } from "./errors.ts";
import { createLifetime } from "./lifetime.ts";
import { peerStatusOf } from "./marketStatus.ts";
import type { NodeOptions } from "./options.ts";
import { databaseOf, type RunningNode, startNode } from "./start.ts";
import type { NodeStatus } from "./status.ts";

export interface DrainOptions {
  timeoutMs: number;
  /** Default: `submitted`. */
  until?: DrainUntil | undefined;
}

export interface WorkerNode {
  readonly address: Address;
  readonly events: EventEmitter<NodeEventMap>;
  /** The libp2p side; from {@link start} on. */
  readonly peer: Peer;
  readonly content: Content;
  /**
   * Joins the network, catches up with the chain, deposits the stake and begins to work. May be called once.
   *
   * @throws {@link ChainUnreachableError} {@link ChainMismatchError} {@link MarketplaceMissingError} DataDirInUseError
   * StoreMismatchError InsufficientBalanceError. Nothing is left running then.
   */
  start(): Promise<void>;
  /**
   * Stops claiming. Resolves when all claimed batches are submitted (`until: "settled"`: and settled), the time is over or the node is stopped.
   * The node itself runs on.
   * @returns the number of batches that were not finished.
   */
  drain(options: DrainOptions): Promise<number>;
  /** Areas in which nothing has moved for too long, also during the start. */
  readonly stalls: readonly Stall[];
  /** The node's state. The account's money, which only the chain knows, is up to half a minute old. */
  status(): Promise<NodeStatus>;
  /** Ends every process and connection. The next start takes up the work that was under way. */
  stop(): Promise<void>;
  /**
   * Resolves when the node has stopped.
   *
   * @throws {@link ReorgTooDeepError} {@link StoreDamagedError} when it had to stop by itself.
   */
  readonly ended: Promise<void>;
}

/** The worker: follows the chain, fetches by CID, computes, submits and is paid. */
export function createNode(options: NodeOptions): WorkerNode {
  const { account, jury, roles = ["worker"] } = options;
  if (roles.includes("juror") && jury === undefined) throw new JuryRequiredError();
  const events = new EventEmitter<NodeEventMap>();
  const listeners: Report[] = options.onEvent === undefined ? [] : [options.onEvent];
  const report: Report = (name, fields) => {
    for (const listener of listeners) listener(name, fields);
    // TypeScript does not connect the name with its fields across the emitter's generics.
    (events as EventEmitter).emit(name, fields);
  };
  const progress = watchProgress({ report, stallMs: options.stallMs });
  const lifetime = createLifetime(report);
  lifetime.signal.addEventListener("abort", () => progress.stop());
  let peer: Peer | undefined;
  let running: RunningNode | undefined;
  let isDraining = false;

  function joined(): Peer {
    if (peer === undefined) throw new TypeError("the node was not started");
    return peer;
  }

  async function start(): Promise<void> {
    running = await startNode({
      options,
      roles,
      lifetime,
      progress,
      report,
      isDraining: () => isDraining,
      onPeer(started) {
        peer = started;
      },
      listen: (listener) => void listeners.push(listener),
    });
    const { peerId, multiaddrs } = joined();
    report("node started", { peerId, multiaddrs, roles: [...roles], address: account.address });
  }

  async function status(): Promise<NodeStatus> {
    if (running === undefined) throw new TypeError("the node was not started");
    const { chain, games, holds, keeper, policy, processes, refusals } = running;
    const [disk, money] = await Promise.all([keeper.look(), running.money.read()]);
    return {
      roles,
      ...peerStatusOf(joined()),
      isFirst: (options.bootstrap ?? []).length === 0,
      isDraining,
      stalls: progress.stalls,
      disk,
      chain: {
        ...readStatus(databaseOf(options)),
        isFollowed: chain.isFollowed,
        head: chain.head,
        asks: { minRewardPerTaskWei: policy.minRewardPerTaskWei, ...policy.pricing },
        processes,
        holds: holds.all(),
        games: games.all(),
        refusals: { ...refusals },
        arbiters: policy.arbiters,
        isRelayed: options.relayer !== undefined,
        money,
      },
    };
  }

  async function drain({ timeoutMs, until = "submitted" }: DrainOptions): Promise<number> {
    isDraining = true;
    if (running === undefined) return 0;
    const { store } = running;
    report("node draining", { batches: unfinishedBatches(store, until), timeoutMs });
    const { signal } = lifetime;
    const batches = await awaitFinished(store, events, { timeoutMs, until, signal });
    report("node drained", { batches });
    return batches;
  }

  return {
    address: account.address,
    events,
    get peer() {
      return joined();
    },
    get content() {
      return joined().content;
    },
    async start() {
      try {
        await start();
      } catch (error) {
        progress.stop();
        await lifetime.endAll();
        throw error;
      }
    },
    stop: lifetime.stop,
    ended: lifetime.ended,
    get stalls() {
      return progress.stalls;
    },
    drain,
    status,
  };
}
