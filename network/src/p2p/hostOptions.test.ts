import type { Libp2p } from "@libp2p/interface";
import { createLibp2p } from "libp2p";
import { afterEach, describe, expect, test } from "vitest";
import { hostOptions } from "./hostOptions.ts";
import type { NetworkKind } from "./network.ts";

const hosts: Libp2p[] = [];
async function host(network: NetworkKind): Promise<Libp2p> {
  const listen = ["/ip4/127.0.0.1/tcp/0"];
  const created = await createLibp2p(
    await hostOptions({ network, listen, isFirst: true, topic: "/assay/test" }),
  );
  hosts.push(created);
  return created;
}
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((h) => h.stop()));
});

describe("private addresses", () => {
  test("are dialled in a local network", async () => {
    const [a, b] = await Promise.all([host("local"), host("local")]);
    expect((await a.dial(b.getMultiaddrs())).status).toBe("open");
  });

  test("are not dialled by a public node, whoever names them", async () => {
    const [a, b] = await Promise.all([host("public"), host("local")]);
    await expect(a.dial(b.getMultiaddrs())).rejects.toMatchObject({ name: "DialDeniedError" });
  });
});

test("many local peers may connect at once", async () => {
  const [first, ...others] = await Promise.all(Array.from({ length: 21 }, () => host("local")));
  await Promise.all(others.map((other) => other.dial(first?.getMultiaddrs() ?? [])));
  await expect.poll(() => first?.getPeers()).toHaveLength(20);
});
