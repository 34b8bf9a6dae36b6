import { identify } from "@libp2p/identify";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { afterEach, expect, test } from "vitest";
import { createPeer, type Peer } from "../peer.ts";
import { NODE_INFO } from "./agents.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(bootstrap: string[] = []): Promise<Peer> {
  const peer = await createPeer({
    network: "local",
    listen: ["/ip4/127.0.0.1/tcp/0"],
    bootstrap,
    memory: true,
  });
  stops.push(() => peer.stop());
  return peer;
}

test("a peer says its version, and a stranger's name cannot do anything to a terminal", async () => {
  const peer = await start();
  const other = await start(peer.multiaddrs);
  const agentOf = (peerId: string) => peer.peers.find((known) => known.peerId === peerId)?.agent;
  await expect.poll(() => agentOf(other.peerId)).toBe(NODE_INFO.userAgent);
  expect(NODE_INFO.userAgent).toMatch(/^assay\/\d+\.\d+\.\d+$/);

  const stranger = await createLibp2p({
    nodeInfo: { userAgent: `\u001b[2J\u202e${"x".repeat(1_000)}` },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
  });
  stops.push(async () => stranger.stop());
  await stranger.dial(multiaddr(peer.multiaddrs[0] ?? ""));
  const id = stranger.peerId.toString();
  await expect.poll(() => agentOf(id)).toMatch(/^\?\[2J\?x{59}$/);
  await stranger.stop();
  await expect.poll(() => peer.peers.some(({ peerId }) => peerId === id)).toBe(false);
});
