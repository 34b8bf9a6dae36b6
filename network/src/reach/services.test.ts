import { afterEach, expect, test } from "vitest";
import { createPeer, type Peer, type PeerNetworkOptions } from "../peer.ts";
import { type ServiceRole, serviceKey, serviceName } from "./services.ts";

const chainId = 31_337;
const marketplace = "0x00000000000000000000000000000000000000A5";
const running: Peer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((peer) => peer.stop()));
});

async function peer(options: Partial<PeerNetworkOptions> = {}): Promise<Peer> {
  const market = { chainId, marketplace } as const;
  const created = await createPeer({ memory: true, network: "local", ...market, ...options });
  running.push(created);
  return created;
}

async function found(seeker: Peer, role: ServiceRole): Promise<string[]> {
  const ids: string[] = [];
  for await (const { peerId } of seeker.findServices(role, {
    signal: AbortSignal.timeout(60_000),
  })) {
    ids.push(peerId);
  }
  return ids.sort();
}

test("workers, auditors and relays are found by their roles, and without any list", async () => {
  const first = await peer();
  const bootstrap = first.multiaddrs;
  const workers = [
    await peer({ bootstrap, services: ["worker"] }),
    await peer({ bootstrap, services: ["worker", "auditor"] }),
  ];
  const relay = await peer({ bootstrap, relay: true, services: ["relay"] });
  const elsewhere = "0x00000000000000000000000000000000000000b6";
  const foreign = await peer({ bootstrap, services: ["worker"], marketplace: elsewhere });
  const seeker = await peer({ bootstrap });

  const ids = workers.map(({ peerId }) => peerId);
  await expect.poll(() => found(seeker, "worker")).toEqual(ids.toSorted());
  await expect.poll(() => found(seeker, "auditor")).toEqual([workers[1]?.peerId]);
  await expect.poll(() => found(seeker, "relay")).toEqual([relay.peerId]);
  expect(await found(seeker, "juror")).toEqual([]);
  await expect.poll(() => found(relay, "worker")).not.toContain(foreign.peerId);
});

test("a record holds the addresses at which the peer can be reached", async () => {
  const first = await peer();
  const worker = await peer({ bootstrap: first.multiaddrs, services: ["worker"] });
  const seeker = await peer({ bootstrap: first.multiaddrs });
  const addresses = async () => {
    const signal = AbortSignal.timeout(60_000);
    for await (const one of seeker.findServices("worker", { signal })) return one;
    return undefined;
  };
  const { peerId, multiaddrs } = worker;
  await expect.poll(addresses).toEqual({ peerId, multiaddrs });
});

test("names and keys are fixed: a second implementation has to come to the same", async () => {
  const market = { chainId: 8_453, marketplace } as const;
  const name = serviceName("worker", market);
  expect(name).toBe(`assay/service/1/8453/${marketplace.toLowerCase()}/worker`);
  expect(serviceName("relay", market)).toBe("assay/service/1/relay");
  expect(serviceKey("assay/service/1/relay").toString()).toBe(
    "bafkreihmkie246ndfu633wxmf6no65z4g2tgopq7nsotvodrwfrstaunta",
  );
  expect(() => serviceName("worker", undefined)).toThrow(TypeError);
});
