import { randomBytes } from "node:crypto";
import type { Connection, Libp2p, Stream } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { hostOptions } from "../src/p2p/hostOptions.ts";
import { BITSWAP, decodeWants, encodeBlock, encodePresence, type WireWant } from "./bitswapWire.ts";

/**
 * What a bad provider does when it is asked for a block: `lie`: sends other bytes; `mute`: nothing, though it says that it has every block;
 * `half`: sends every second one; `lack`: says that it has not got it; `forge`: sends the digest, which under the identity hash is its own digest.
 */
export type Conduct = "lie" | "mute" | "half" | "lack" | "forge";

/** A peer of the network that announces contents and does not deliver them as it should. */
export interface BadProvider {
  readonly peerId: string;
  /** What it was asked for, in order. */
  readonly asked: readonly WireWant[];
  /** Gives it true blocks, by CID, half of which it will send. */
  learn(blocks: ReadonlyMap<string, Uint8Array>): void;
  provide(cid: CID): Promise<void>;
  stop(): Promise<void>;
}

export async function startBadProvider(
  conduct: Conduct,
  bootstrap: readonly string[],
): Promise<BadProvider> {
  const listen = ["/ip4/127.0.0.1/tcp/0"];
  const options = await hostOptions({ network: "local", listen, isFirst: false, topic: undefined });
  const libp2p: Libp2p = await createLibp2p(options);
  const asked: WireWant[] = [];
  const sent = new Map<string, Uint8Array>();

  function answer({ cid, kind }: WireWant): Uint8Array | undefined {
    if (kind === "cancel") return undefined;
    if (conduct === "lack") return encodePresence(cid, false);
    if (kind === "have") return encodePresence(cid, true);
    if (conduct === "lie") return encodeBlock(cid, randomBytes(1_000));
    if (conduct === "forge") return encodeBlock(identityOf(cid), cid.multihash.digest);
    const bytes = conduct === "half" ? sent.get(cid.toString()) : undefined;
    return bytes && encodeBlock(cid, bytes);
  }

  async function onStream(stream: Stream, connection: Connection): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk.subarray());
    const wants = decodeWants(Buffer.concat(chunks));
    asked.push(...wants);
    const answers = wants.flatMap((want) => answer(want) ?? []);
    if (answers.length === 0) return;
    const back = await connection.newStream(BITSWAP);
    for (const one of answers) if (!back.send(one)) await back.onDrain();
    await back.close();
  }

  await libp2p.handle(BITSWAP, (stream, connection) => {
    // The other one may be gone.
    onStream(stream, connection).catch(() => {});
  });
  await Promise.all(bootstrap.map((address) => libp2p.dial(multiaddr(address))));
  return {
    peerId: libp2p.peerId.toString(),
    asked,
    learn(blocks) {
      // The root is the last one.
      for (const [i, [cid, bytes]] of [...blocks].reverse().entries()) {
        if (i % 2 === 0) sent.set(cid, bytes);
      }
    },
    provide: (cid) => libp2p.contentRouting.provide(cid),
    stop: async () => libp2p.stop(),
  };
}

const identityOf = (cid: CID) => CID.createV1(cid.code, identity.digest(cid.multihash.digest));
