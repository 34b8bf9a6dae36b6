import { setTimeout as sleep } from "node:timers/promises";
import type { Libp2p, PeerId } from "@libp2p/interface";
import type { CID } from "multiformats/cid";
import type { BitswapClient } from "./bitswapClient.ts";
import type { BlockFetcher } from "./blockFetcher.ts";
import type { ProviderScores } from "./providerScores.ts";
import { Providers } from "./want.ts";

/** One search of the DHT, in milliseconds. */
const SEARCH_MS = 5_000;
/** How long a search goes on once a block has come, in milliseconds: a full one waits for the slowest peer. */
const MORE_PROVIDERS_MS = 50;
/** A search ends with so many providers that are not banned. */
const MAX_PROVIDERS = 8;
/**
 * Connected peers may take so long to say that they have not got a block before the DHT is searched, in milliseconds. An answer takes a round
 * trip and hardly any work, a search some twenty questions of several milliseconds each at both ends.
 */
const ANSWER_MS = 1_000;
/** Connected peers that are asked at first whether they have a block; then as many as were asked already, up to the most. */
const FIRST_ASKED = 4;
const CONNECTED_ASKED = 16;
/** Pause before providers are looked for again; doubled each time up to the longest. */
const PAUSE_MS = { first: 200, longest: 2_000 };

/**
 * After a search of the DHT it is left alone for so many times as long as that took: where everything is slow, because many nodes share a
 * machine, say, searching more would make it slower.
 */
const REST_FACTOR = 4;
/** Connected peers that have not said whether they have a block are asked again after so long, in milliseconds. */
const ASK_AGAIN_MS = 8_000;

/** Blocks that connected peers are asked for at a time. */
const BLOCKS_ASKED = 32;

/** What a search needs of its surroundings. */
export interface Exchange {
  libp2p: Pick<Libp2p, "peerId" | "contentRouting">;
  client: BitswapClient;
  scores: ProviderScores;
  fetcher: BlockFetcher;
}

/**
 * Finds providers of one content whenever a block of it is stuck: connected peers are asked whether they have the block, some at a time, and when
 * none says so soon, the DHT is searched for those who have announced the root.
 */
export class ProviderSearch {
  readonly #exchange: Exchange;
  readonly #root: CID;
  readonly #providers = new Providers(
    () => void this.#search(),
    () => this.#askMore(),
  );
  /** Connected peers that were asked whether they have what is stuck, by peer id. */
  readonly #asked = new Set<string>();
  #isSearching = false;
  #pauseMs = PAUSE_MS.first;
  #dht: AbortController | undefined;
  /** When the DHT may be searched, and all connected peers asked, again. */
  #searchAtMs = 0;
  #askAllAtMs = 0;

  constructor(exchange: Exchange, root: CID) {
    this.#exchange = exchange;
    this.#root = root;
  }

  /** The bytes of a block of the content, checked. Waits for a provider until `signal` aborts. */
  async fetch(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const bytes = await this.#exchange.fetcher.fetch(cid, this.#providers, signal);
    this.#pauseMs = PAUSE_MS.first;
    const search = this.#dht;
    if (search !== undefined) setTimeout(() => search.abort(), MORE_PROVIDERS_MS);
    return bytes;
  }

  async #search(): Promise<void> {
    if (this.#isSearching) return;
    this.#isSearching = true;
    const { client, fetcher } = this.#exchange;
    const { stuck } = this.#providers;
    const unsubscribe = client.onConnected((peer) => this.#askConnected([peer]));
    const answersUntil = performance.now() + ANSWER_MS;
    while (stuck.size > 0) {
      this.#askMore();
      if (performance.now() >= answersUntil) void this.#searchDht();
      await sleep(this.#pauseMs, undefined, { ref: false });
      this.#pauseMs = Math.min(2 * this.#pauseMs, PAUSE_MS.longest);
      fetcher.retry(this.#providers);
    }
    unsubscribe();
    this.#isSearching = false;
    this.#asked.clear();
    if (this.#providers.wants.size === 0) this.#dht?.abort();
  }

  /** Asks the next of the connected peers; when all have been asked, the DHT, and then they may be asked again. */
  #askMore(): void {
    const next = this.#nextConnected();
    if (next.length > 0) {
      this.#askConnected(next);
      return;
    }
    void this.#searchDht();
    const hasAnswers = [...this.#providers.stuck].every(({ unsaid }) => unsaid.size === 0);
    if (!hasAnswers && performance.now() < this.#askAllAtMs) return;
    this.#askAllAtMs = performance.now() + ASK_AGAIN_MS;
    this.#asked.clear();
  }

  /** Those who are not banned, not known to the content yet and not asked; who is expected to deliver soonest comes first. */
  #nextConnected(): PeerId[] {
    const { client, scores } = this.#exchange;
    const peers = new Map(client.connected().map((peer) => [peer.toString(), peer]));
    for (const id of [...this.#providers.peers.keys(), ...this.#asked]) peers.delete(id);
    const most = Math.min(Math.max(FIRST_ASKED, this.#asked.size), CONNECTED_ASKED);
    return scores
      .rank(peers.keys())
      .slice(0, most)
      .flatMap((id) => peers.get(id) ?? []);
  }

  #askConnected(peers: readonly PeerId[]): void {
    const { fetcher, scores } = this.#exchange;
    const asked = peers.filter((peer) => !scores.isBanned(peer.toString()));
    for (const peer of asked) this.#asked.add(peer.toString());
    for (const want of [...this.#providers.stuck].slice(0, BLOCKS_ASKED)) {
      fetcher.askPresence(want, asked);
    }
  }

  /** Looks for those who have announced the root, until there are enough or a block has come from one of them. */
  async #searchDht(): Promise<void> {
    const { libp2p, fetcher, scores } = this.#exchange;
    const startedAt = performance.now();
    const isResting = this.#dht !== undefined || startedAt < this.#searchAtMs;
    if (isResting || this.#providers.stuck.size === 0) return;
    const search = new AbortController();
    this.#dht = search;
    const signal = AbortSignal.any([search.signal, AbortSignal.timeout(SEARCH_MS)]);
    let found = 0;
    try {
      for await (const { id } of libp2p.contentRouting.findProviders(this.#root, { signal })) {
        if (id.equals(libp2p.peerId)) continue;
        fetcher.found(this.#providers, id);
        if (!scores.isBanned(id.toString())) found++;
        if (found === MAX_PROVIDERS) break;
      }
    } catch {
      // The search ran out of time or peers: what was found is what there is.
    } finally {
      this.#dht = undefined;
      const now = performance.now();
      this.#searchAtMs = now + REST_FACTOR * (now - startedAt);
    }
  }
}
