import type { PeerId } from "@libp2p/interface";
import type { CID } from "multiformats/cid";
import { type Answer, type BitswapClient, blockKey } from "./bitswapClient.ts";
import { LateAnswers } from "./lateAnswers.ts";
import type { ProviderScores } from "./providerScores.ts";
import type { Ask, Providers, Want } from "./want.ts";

/** Quiet is counted in ticks of this length, in milliseconds: time in which this process itself stood still is nobody else's fault. */
const TICK_MS = 100;
/** A provider that sends nothing for so long is quiet, in milliseconds; one that is known to be slow has longer. */
const QUIET_MS = { shortest: 1_000, longest: 10_000 };
/** How much longer than it usually needs for a whole block a provider may take. */
const QUIET_FACTOR = 3;
const WHOLE_BLOCK_BYTES = 1 << 20;
/**
 * When a block is wanted again of a quiet provider, in milliseconds: a want, or the answer to it, may be lost with a connection, and nobody
 * hears of that. Providers that send are not asked again: a busy machine would be busier with it.
 */
const ASK_AGAIN_MS = [1_000, 3_000, 8_000];
/** After so long the quiet provider counts as one that has not got it, in milliseconds, and others are looked for. */
const GIVE_UP_MS = 20_000;

/**
 * Fetches blocks by bitswap: each from the provider that is expected to send it first, and from further ones whenever those asked are quiet.
 * Keeps the providers' scores: whoever sends bytes that were not asked for is banned, and so is whoever sends nothing while another does.
 */
export class BlockFetcher {
  readonly #client: BitswapClient;
  readonly #scores: ProviderScores;
  readonly #wants = new Map<string, Set<Want>>();
  readonly #late = new LateAnswers();
  /** When each peer last sent a block, in milliseconds and ticks. */
  readonly #lastBlock = new Map<string, { ms: number; tick: number }>();
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: BitswapClient, scores: ProviderScores) {
    this.#client = client;
    this.#scores = scores;
    client.onAnswer((answer) => this.#onAnswer(answer));
  }

  /** The bytes of `cid`, checked, from whichever of `providers`, present and future, sends them first. Waits until `signal` aborts. */
  async fetch(cid: CID, providers: Providers, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const key = blockKey(cid);
    const want: Want = {
      ...{ cid, key, providers, resolve, hedges: 0, sender: undefined },
      ...{ asks: new Map(), asked: new Map(), unsaid: new Set() },
    };
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#add(want);
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#remove(want);
    }
  }

  /** A peer may have what is wanted of `providers`. */
  found(providers: Providers, peer: PeerId): void {
    const id = peer.toString();
    if (providers.peers.has(id)) return;
    providers.peers.set(id, peer);
    for (const want of providers.wants) this.#step(want);
  }

  /** Asks peers of which nothing is known whether they have a block that is stuck. */
  askPresence(want: Want, peers: readonly PeerId[]): void {
    for (const peer of peers) {
      const id = peer.toString();
      want.unsaid.add(id);
      this.#send(want, peer, "have", () => this.#onAbsence(want, id));
    }
  }

  /** Those who had not got what is stuck may have it by now. */
  retry(providers: Providers): void {
    for (const want of providers.stuck) {
      for (const [id, { refused }] of want.asks) if (refused) want.asks.delete(id);
      this.#step(want);
    }
  }

  #add(want: Want): void {
    const same = this.#wants.get(want.key) ?? new Set();
    this.#wants.set(want.key, same.add(want));
    want.providers.wants.add(want);
    this.#timer ??= setInterval(() => this.#onTick(), TICK_MS);
    this.#step(want);
  }

  #remove(want: Want): void {
    const { key, providers, asks, asked } = want;
    providers.wants.delete(want);
    providers.stuck.delete(want);
    for (const [id, { refused }] of asks) if (!refused) this.#scores.released(id);
    const same = this.#wants.get(key);
    same?.delete(want);
    if (same?.size === 0) this.#wants.delete(key);
    for (const [id, peer] of asked) {
      this.#late.expect(id, key);
      const isPending = want.sender !== id && same?.size === 0;
      if (isPending && this.#client.isConnected(peer)) this.#client.send(peer, want.cid, "cancel");
    }
    if (this.#wants.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#lastBlock.clear();
  }

  #send(want: Want, peer: PeerId, kind: "block" | "have", onFailed?: () => void): void {
    want.asked.set(peer.toString(), peer);
    this.#client.send(peer, want.cid, kind, onFailed);
  }

  #onAnswer({ peer, key, bytes, has }: Answer): void {
    const id = peer.toString();
    const wants = this.#wants.get(key);
    if (bytes !== undefined) {
      const open = [...(wants ?? [])].filter((want) => want.sender === undefined);
      if (open.length > 0) this.#deliver(open, id, bytes);
      else if (wants === undefined && !this.#late.isExpected(id, key)) this.#onLie(id);
      return;
    }
    for (const want of wants ?? []) {
      const ask = want.asks.get(id);
      if (has) this.found(want.providers, peer);
      else {
        this.#onAbsence(want, id);
        if (ask !== undefined && !ask.refused) this.#refuse(want, ask, id);
      }
    }
  }

  #onAbsence({ unsaid, providers }: Want, id: string): void {
    if (unsaid.delete(id) && unsaid.size === 0) providers.onNobody();
  }

  #deliver(wants: readonly Want[], id: string, bytes: Uint8Array): void {
    const ms = performance.now();
    const last = this.#lastBlock.get(id)?.ms ?? 0;
    const asked = wants.flatMap((want) => want.asks.get(id)?.atMs ?? []);
    if (asked.length > 0) this.#scores.delivered(id, bytes.length, ms - Math.max(last, ...asked));
    this.#lastBlock.set(id, { ms, tick: this.#tick });
    for (const want of wants) {
      want.sender = id;
      for (const [other, ask] of want.asks) {
        if (other !== id && !ask.refused && this.#isQuiet(other, ask)) this.#onSilence(other);
      }
      want.resolve(bytes);
    }
  }

  #onLie(id: string): void {
    this.#scores.lied(id);
    this.#dropBanned(id);
  }

  #onSilence(id: string): void {
    if (this.#scores.silent(id)) this.#dropBanned(id);
  }

  /** What was asked of a peer that is banned now is asked of others. */
  #dropBanned(id: string): void {
    for (const wants of this.#wants.values()) {
      for (const want of wants) {
        const ask = want.asks.get(id);
        if (ask === undefined || ask.refused || want.sender !== undefined) continue;
        this.#close(ask, id);
        this.#step(want);
      }
    }
  }

  #refuse(want: Want, ask: Ask, id: string): void {
    this.#close(ask, id);
    this.#scores.failed(id);
    this.#step(want);
  }

  /** Nothing is expected of it any more. */
  #close(ask: Ask, id: string): void {
    ask.refused = true;
    this.#scores.released(id);
  }

  #onTick(): void {
    this.#tick++;
    for (const wants of this.#wants.values()) for (const want of wants) this.#step(want);
  }

  /** Sees to it that somebody who may have the block is at work on it. */
  #step(want: Want): void {
    if (want.sender !== undefined) return;
    const pending = [...want.asks].filter(([, ask]) => !ask.refused);
    if (pending.some(([id, ask]) => !this.#isQuiet(id, ask))) return;
    const { peers, stuck } = want.providers;
    const others = [...peers.keys()].filter((id) => !want.asks.has(id));
    const next = this.#scores.rank(others).slice(0, this.#breadth(want, pending.length > 0));
    if (pending.length > 0 && next.length > 0) want.hedges++;
    for (const id of next) {
      const peer = peers.get(id);
      if (peer !== undefined) this.#ask(want, id, peer);
    }
    if (next.length > 0) {
      stuck.delete(want);
      return;
    }
    for (const [id, ask] of pending) this.#askAgain(want, ask, id);
    if (stuck.has(want)) return;
    stuck.add(want);
    want.providers.onStuck();
  }

  /** How many are asked next. While nobody is known to deliver, more are asked: a crowd of mute peers would take a second each. */
  #breadth(want: Want, isHedge: boolean): number {
    const known = isHedge ? want.asks.keys() : want.providers.peers.keys();
    if ([...known].some((id) => this.#scores.isProven(id))) return 1;
    return 2 ** (want.hedges + 1);
  }

  #ask(want: Want, id: string, peer: PeerId): void {
    const ask = { peer, atMs: performance.now(), atTick: this.#tick, times: 1, refused: false };
    want.asks.set(id, ask);
    this.#scores.asked(id);
    this.#send(want, peer, "block", () => {
      if (want.asks.get(id) === ask && !ask.refused) this.#refuse(want, ask, id);
    });
  }

  #askAgain(want: Want, ask: Ask, id: string): void {
    const quietMs = this.#quietTicks(id, ask) * TICK_MS;
    if (quietMs >= GIVE_UP_MS) {
      this.#close(ask, id);
      this.#scores.failed(id);
      return;
    }
    if (quietMs < (ASK_AGAIN_MS[ask.times - 1] ?? Number.POSITIVE_INFINITY)) return;
    ask.times++;
    this.#send(want, ask.peer, "block");
  }

  #isQuiet(id: string, ask: Ask): boolean {
    const usualMs = QUIET_FACTOR * this.#scores.msFor(id, WHOLE_BLOCK_BYTES);
    const limitMs = Math.min(Math.max(usualMs, QUIET_MS.shortest), QUIET_MS.longest);
    return this.#quietTicks(id, ask) * TICK_MS >= limitMs;
  }

  #quietTicks(id: string, ask: Ask): number {
    return this.#tick - Math.max(ask.atTick, this.#lastBlock.get(id)?.tick ?? 0);
  }
}
