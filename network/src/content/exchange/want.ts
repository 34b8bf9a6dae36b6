import type { PeerId } from "@libp2p/interface";
import type { CID } from "multiformats/cid";

/** One block asked of one peer. */
export interface Ask {
  peer: PeerId;
  /** When, by `performance.now()` and by the fetcher's ticks. */
  atMs: number;
  atTick: number;
  times: number;
  /** Whether it said that it has not got the block, could not be reached, or is banned. */
  refused: boolean;
}

/** One block that somebody waits for. */
export interface Want {
  readonly cid: CID;
  readonly key: string;
  readonly providers: Providers;
  /** By peer id; without those that may be asked anew. */
  readonly asks: Map<string, Ask>;
  /** Peers that were asked for it, or whether they have it, at any time. */
  readonly asked: Map<string, PeerId>;
  /** Peers that were asked whether they have it and have not said yet, by peer id. */
  readonly unsaid: Set<string>;
  /** Times that it was asked of further peers, since those asked before were quiet. */
  hedges: number;
  /** Who sent it first, by peer id. */
  sender: string | undefined;
  resolve(bytes: Uint8Array): void;
}

/** The peers that may have the blocks of one content, and what is wanted of them. */
export class Providers {
  /** By peer id. */
  readonly peers = new Map<string, PeerId>();
  readonly wants = new Set<Want>();
  /** Those that no known peer is at work on. */
  readonly stuck = new Set<Want>();
  /** Called when a want is stuck: more providers have to be found. */
  readonly onStuck: () => void;
  /** Called when nobody of those asked whether they have a block has it. */
  readonly onNobody: () => void;

  constructor(onStuck: () => void, onNobody: () => void = () => {}) {
    this.onStuck = onStuck;
    this.onNobody = onNobody;
  }
}
