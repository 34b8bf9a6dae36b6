/** One peer in a process of its own: ours, or plain Helia over the same libp2p options. */
import { type BlockReader, type Content, getBytes, putBytes } from "@assay/sdk/protocol";
import { CID } from "multiformats/cid";
import { bytesOf, type Order, type Report } from "./orders.ts";

interface Side {
  multiaddrs: string[];
  content: Pick<Content, "put"> & Partial<Pick<Content, "provide">>;
  /** @param providers - peer ids. */
  reader(root: CID, providers: readonly string[]): BlockReader;
  stop(): Promise<void>;
}

async function startOurs(bootstrap: readonly string[]): Promise<Side> {
  const { createPeer } = await import("@assay/network");
  const peer = await createPeer({ memory: true, network: "local", bootstrap });
  return {
    multiaddrs: peer.multiaddrs,
    content: peer.content,
    reader: (root) => peer.content.session(root),
    stop: () => peer.stop(),
  };
}

async function startPlain(bootstrap: readonly string[]): Promise<Side> {
  const { startPlainHelia } = await import("../../network/test/plainHelia.ts");
  return startPlainHelia(bootstrap);
}

const [kind, ...bootstrap] = process.argv.slice(2);
const side = await (kind === "ours" ? startOurs(bootstrap) : startPlain(bootstrap));

async function obey(order: Extract<Order, { type: "store" | "fetch" }>): Promise<Partial<Report>> {
  if (order.type === "store") {
    const root = await putBytes(side.content as Content, bytesOf(order));
    await side.content.provide?.(root);
    return { root: root.toString() };
  }
  const root = CID.parse(order.root);
  const start = performance.now();
  const got = await getBytes(side.reader(root, order.providers), root, { maxBytes: 1 << 30 });
  return { ms: performance.now() - start, bytes: got.length };
}

const report = async (partial: Partial<Report>) => {
  const rssMb = process.memoryUsage().rss / 2 ** 20;
  process.send?.({ multiaddrs: side.multiaddrs, root: "", ms: 0, bytes: 0, rssMb, ...partial });
};
process.on("message", async (order: Order) => {
  if (order.type === "store" || order.type === "fetch") return report(await obey(order));
  if (order.type === "report") return report({});
  await side.stop();
  process.disconnect();
});
await report({});
