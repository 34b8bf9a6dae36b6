import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKey } from "@libp2p/pnet";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPeer, type Peer } from "../peer.ts";
import { readSwarmKey } from "./swarmKey.ts";

let folder: string;
const running: Peer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-swarm-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((peer) => peer.stop()));
  await rm(folder, { recursive: true });
});

async function newKey(name: string): Promise<Uint8Array> {
  const key = new Uint8Array(95);
  generateKey(key);
  await writeFile(join(folder, name), key);
  return readSwarmKey(join(folder, name));
}

async function peer(swarmKey: Uint8Array | undefined, bootstrap: readonly string[] = []) {
  const created = await createPeer({ memory: true, network: "local", swarmKey, bootstrap });
  running.push(created);
  return created;
}

test("peers of a private network meet each other, and no others", async () => {
  const [key, otherKey] = [await newKey("ours"), await newKey("theirs")];
  const first = await peer(key);
  const member = await peer(key, first.multiaddrs);
  expect(member.peers.map(({ peerId }) => peerId)).toContain(first.peerId);
  for (const stranger of [
    await peer(undefined, first.multiaddrs),
    await peer(otherKey, first.multiaddrs),
  ]) {
    // Its one attempt to get in is over.
    expect(stranger.connections).toBe(0);
    const ids = first.peers.map(({ peerId }) => peerId);
    expect(ids).not.toContain(stranger.peerId);
  }
});

test.each([
  ["no key", "hello"],
  ["too short", "/key/swarm/psk/1.0.0/\n/base16/\nabcd"],
])("a file that holds none is refused: %s", async (_, text) => {
  await writeFile(join(folder, "swarm.key"), text);
  const read = readSwarmKey(join(folder, "swarm.key"));
  await expect(read).rejects.toMatchObject({ code: "SWARM_KEY" });
});

test("a file that is not there is refused", async () => {
  await expect(readSwarmKey(join(folder, "none"))).rejects.toMatchObject({ code: "SWARM_KEY" });
});
