import { networkInterfaces } from "node:os";
import { afterEach, expect, test } from "vitest";
import { createPeer, type Peer } from "../peer.ts";

const running: Peer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((peer) => peer.stop()));
});

test("a first peer on the internet that nobody has met yet is not called unreachable", async () => {
  const first = await createPeer({ memory: true, network: "public", upnp: true });
  running.push(first);
  expect(first.reachability).toEqual({ state: "unknown", relays: [] });
});

test("a public peer listens by IPv6, too, where the machine has it", async () => {
  const peer = await createPeer({ memory: true, network: "public" });
  running.push(peer);
  const hasIpv6 = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, internal }) => family === "IPv6" && !internal);
  expect(peer.multiaddrs.some((address) => address.startsWith("/ip4/"))).toBe(true);
  expect(peer.multiaddrs.some((address) => address.startsWith("/ip6/"))).toBe(hasIpv6);
});
