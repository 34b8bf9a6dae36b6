import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { expect, test } from "vitest";
import type { ReachComponents } from "./components.ts";
import { DialProof } from "./dialProof.ts";

/** What it takes of a host: who arrives from where, saying what it dialled, and which addresses are confirmed. */
function host() {
  const events = new EventTarget();
  const confirmed: string[] = [];
  const addressManager = {
    getAddressesWithMetadata: () => [],
    addObservedAddr() {},
    confirmObservedAddr: (address: Multiaddr) => confirmed.push(`${address}`),
  };
  new DialProof({ events, addressManager } as unknown as ReachComponents, []);
  return {
    confirmed,
    arrive(from: string, dialled: string) {
      const connection = { direction: "inbound", remoteAddr: multiaddr(`/ip4/${from}/tcp/9999`) };
      const detail = { connection, observedAddr: multiaddr(dialled) };
      events.dispatchEvent(new CustomEvent("peer:identify", { detail }));
    },
  };
}

test("an address that two hosts have dialled is confirmed, whatever somebody made up before", () => {
  const { confirmed, arrive } = host();
  for (let i = 1; i < 200; i++) arrive("8.8.8.8", `/ip4/9.9.9.${i}/tcp/4001`);
  arrive("1.2.3.4", "/ip4/5.6.7.8/tcp/4001");
  arrive("1.2.3.4", "/ip4/5.6.7.8/tcp/4001");
  expect(confirmed).toEqual([]);
  arrive("1.2.3.5", "/ip4/5.6.7.8/tcp/4001");
  expect(confirmed).toEqual(["/ip4/5.6.7.8/tcp/4001"]);
});
