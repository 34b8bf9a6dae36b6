import { cidOf } from "@assay/sdk";
import type { PeerId } from "@libp2p/interface";
import type { CID } from "multiformats/cid";
import { beforeEach, expect, test } from "vitest";
import { type Answer, type BitswapClient, blockKey } from "./bitswapClient.ts";
import { BlockFetcher } from "./blockFetcher.ts";
import { ProviderScores } from "./providerScores.ts";
import { Providers } from "./want.ts";

const peerOf = (name: string) => ({ toString: () => name }) as PeerId;
const [a, b, c] = [peerOf("a"), peerOf("b"), peerOf("c")];
const bytes = new Uint8Array(100).fill(1);
const cid = cidOf(bytes);

let sent: string[];
let answer: (answer: Answer) => void;
let fail: Map<string, () => void>;
let scores: ProviderScores;
let fetcher: BlockFetcher;
let stuck: number;
let providers: Providers;
beforeEach(() => {
  sent = [];
  fail = new Map();
  stuck = 0;
  const client: BitswapClient = {
    send(peer, _, kind, onFailed) {
      sent.push(`${kind} ${peer}`);
      if (onFailed !== undefined) fail.set(peer.toString(), onFailed);
    },
    connected: () => [],
    isConnected: () => true,
    onAnswer(listener) {
      answer = listener;
    },
    onConnected: () => () => {},
  };
  scores = new ProviderScores(() => 1);
  fetcher = new BlockFetcher(client, scores);
  providers = new Providers(() => stuck++);
});

const fetchIt = (signal = new AbortController().signal) => fetcher.fetch(cid, providers, signal);
const block = (peer: PeerId, of: CID = cid): Answer => {
  return { peer, key: blockKey(of), bytes, has: true };
};
const presence = (peer: PeerId, has: boolean): Answer => {
  return { peer, key: blockKey(cid), bytes: undefined, has };
};

test("of unknown peers two are asked, and the one that is late is no liar", async () => {
  for (const peer of [a, b, c]) fetcher.found(providers, peer);
  const got = fetchIt();
  expect(sent).toEqual(["block a", "block b"]);
  answer(block(b));
  expect(await got).toBe(bytes);
  expect(sent.slice(2)).toEqual(["cancel a"]);
  answer(block(a));
  answer(block(b)); // once more, as after a lost connection
  expect([a, b].map((peer) => scores.isBanned(String(peer)))).toEqual([false, false]);
  answer(block(a, cidOf(Uint8Array.of(9))));
  expect(scores.isBanned("a")).toBe(true);
});

test("a liar's wants go to the next one at once, and one that cannot be reached is passed over", async () => {
  fetcher.found(providers, a);
  const got = fetchIt();
  for (const peer of [b, c]) fetcher.found(providers, peer);
  expect(sent).toEqual(["block a"]);
  answer(block(a, cidOf(Uint8Array.of(9))));
  expect(sent.slice(1)).toEqual(["block b", "block c"]);
  fail.get("b")?.();
  answer(block(c));
  expect(await got).toBe(bytes);
});

test("when nobody has it, it is stuck until it is tried again or somebody says that he has it", async () => {
  const got = fetchIt();
  expect(stuck).toBe(1);
  fetcher.found(providers, a);
  answer(presence(a, false));
  expect(stuck).toBe(2);
  fetcher.retry(providers);
  expect(sent).toEqual(["block a", "block a"]);
  answer(presence(a, false));
  for (const want of providers.stuck) fetcher.askPresence(want, [b]);
  answer(presence(b, true));
  expect(sent.slice(2)).toEqual(["have b", "block b"]);
  answer(block(b));
  expect(await got).toBe(bytes);
});

test("an abort takes the wants back, and what comes then is no lie", async () => {
  fetcher.found(providers, a);
  const controller = new AbortController();
  const got = fetchIt(controller.signal);
  controller.abort(new Error("enough"));
  await expect(got).rejects.toThrow("enough");
  expect(sent).toEqual(["block a", "cancel a"]);
  answer(block(a));
  expect(scores.isBanned("a")).toBe(false);
});
