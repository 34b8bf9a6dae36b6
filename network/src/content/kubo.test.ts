import { randomBytes } from "node:crypto";
import { cidOf } from "@assay/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kubo, kuboBinary, startKubo } from "../../test/kubo.ts";
import { createPeer, type Peer } from "../peer.ts";

const binary = kuboBinary();
if (binary === undefined) {
  process.stderr.write("Kubo is not tested: put ipfs on the PATH, or name it in KUBO_BINARY.\n");
}

describe.runIf(binary !== undefined)("Kubo and a peer, by bitswap alone", () => {
  const sizes = [1, 1_000, 1 << 10, 10_000, 100_000, 256 << 10, 1 << 20];
  let kubo: Kubo;
  let peer: Peer;
  beforeAll(async () => {
    kubo = await startKubo(binary ?? "");
    peer = await createPeer({ memory: true, network: "local" });
    await kubo.run(["swarm", "connect", peer.multiaddrs[0] ?? ""]);
  });
  afterAll(async () => {
    await peer?.stop();
    await kubo?.stop();
  });

  test.each(sizes)("Kubo reads a block of %i bytes from the peer", async (length) => {
    const bytes = randomBytes(length);
    const cid = await peer.content.put(new Uint8Array(bytes));
    const got = await kubo.run(["block", "get", cid.toString()]);
    expect(Buffer.compare(got, bytes)).toBe(0);
  });

  test.each(sizes)("the peer reads a block of %i bytes from Kubo", async (length) => {
    const bytes = randomBytes(length);
    const put = await kubo.run(["block", "put", "--cid-codec=raw", "--mhtype=blake3"], bytes);
    expect(put.toString().trim()).toBe(cidOf(bytes).toString());
    const got = await peer.content.get(cidOf(bytes));
    expect(Buffer.compare(got, bytes)).toBe(0);
  });
});
