import { join } from "node:path";
import { bytesToHex } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  accountOf,
  type NodeProcess,
  type Started,
  startCli,
  startedThings,
  temporaryFolder,
} from "../../worker/test/network.ts";
import { startChain, type TestChain } from "../fixtures/chain.ts";
import { makeNatNetwork, type NatNetwork, whyNoNat } from "../fixtures/nat/namespaces.ts";
import { forwardRpc, type RemotePeer, startPeer } from "../fixtures/nat/processes.ts";
import { echo } from "../fixtures/programs.ts";

const reason = whyNoNat();

// Each node runs with the options that it has by default, in a public network, and knows of one bootstrap peer.
describe.skipIf(reason !== undefined)(
  `two hosts behind NATs${reason ? ` (${reason})` : ""}`,
  () => {
    const forAll = startedThings();
    let forTest: Started;
    let chain: TestChain;
    let nat: NatNetwork;
    let rpcUrl: string;

    beforeAll(async () => {
      chain = await startChain();
      forAll.add(() => chain.stop());
      nat = makeNatNetwork({ nats: 2, hosts: 4 });
      forAll.add(() => nat.remove());
      const socket = join(await temporaryFolder(forAll), "rpc.sock");
      const forward = { host: nat.address(1), socket };
      rpcUrl = await forwardRpc(chain.rpcUrl, forward, nat.wan, forAll);
      forTest = startedThings();
    });
    afterEach(() => forTest.end());
    afterAll(() => forAll.end());

    /** A node for the network alone on a host of the internet. */
    async function publicNode(
      host: number,
      roles: string,
      { dataDir, bootstrap = [] }: { dataDir?: string; bootstrap?: string[] } = {},
    ) {
      const folder = dataDir ?? (await temporaryFolder(forTest));
      const node = startCli(
        [
          ...["worker", "start", "--json", "--roles", roles, "--data-dir", folder],
          ...["--listen", `/ip4/${nat.address(host)}/tcp/4001`],
          ...["--chain-id", String(chain.chain.id), "--marketplace", chain.marketplace],
          ...bootstrap.flatMap((address) => ["--bootstrap", address]),
        ],
        forTest,
        {},
        nat.wan,
      );
      const { peerId } = await node.line("node started");
      const address = `/ip4/${nat.address(host)}/tcp/4001/p2p/${peerId}`;
      return { node, peerId: String(peerId), address, dataDir: folder };
    }

    function peerBehind(index: number, bootstrap: readonly string[]): Promise<RemotePeer> {
      const { privateKey } = accountOf(chain, 1).getHdKey();
      return startPeer(
        {
          ...{ network: "public", bootstrap, rpcUrl, marketplace: chain.marketplace },
          key: bytesToHex(privateKey ?? new Uint8Array()),
        },
        nat.behind[index] ?? [],
        forTest,
      );
    }

    async function workerBehind(index: number, bootstrap: readonly string[]) {
      const { privateKey } = accountOf(chain, 2).getHdKey();
      const dataDir = await temporaryFolder(forTest);
      const metrics = "127.0.0.1:9464";
      const node = startCli(
        [
          ...["worker", "start", "--json", "--processes", "1", "--stake", "1"],
          ...["--rpc", rpcUrl, "--marketplace", chain.marketplace, "--data-dir", dataDir],
          ...["--metrics-listen", metrics],
          ...bootstrap.flatMap((address) => ["--bootstrap", address]),
        ],
        forTest,
        { ASSAY_PRIVATE_KEY: bytesToHex(privateKey ?? new Uint8Array()) },
        nat.behind[index],
      );
      await node.line("control socket open");
      return { node, dataDir };
    }

    /** What a command says of a node: it asks on the control socket, which no namespace keeps apart. */
    async function answerOf(argv: readonly string[]): Promise<Record<string, unknown>> {
      const command = startCli([...argv, "--json"], forTest);
      await command.exit;
      return { ...command.lines[0] };
    }
    const netStatus = (dataDir: string) => answerOf(["net", "status", "--data-dir", dataDir]);

    const relayedBy = (relay: string) => ({ state: "relayed", relays: [relay] });

    test("buy and sell work through a relay that they find", async () => {
      const relay = await publicNode(2, "bootstrap,relay");
      const requester = await peerBehind(0, [relay.address]);
      const worker = await workerBehind(1, [relay.address]);
      await expect
        .poll(() => netStatus(worker.dataDir))
        .toMatchObject({
          reachability: relayedBy(relay.peerId),
        });
      await expect
        .poll(async () => (await requester.status()).reachability)
        .toEqual(relayedBy(relay.peerId));
      // Somebody could dial the relay.
      expect(await netStatus(relay.dataDir)).toMatchObject({ reachability: { state: "public" } });

      // The requester knows of the worker from the DHT alone.
      const { peerId } = await netStatus(worker.dataDir);
      await expect.poll(() => requester.ask("find", { role: "worker" })).toEqual([peerId]);

      const inputs = ["01", "0203"];
      const program = Buffer.from(echo.wasm).toString("hex");
      expect(await requester.ask("buy", { program, inputs })).toEqual(inputs);
      await settled(worker.node);
    });

    test("pass blocks and hints both ways, also after their relay was killed and started again", async () => {
      const relay = await publicNode(2, "bootstrap,relay");
      const peers = await Promise.all([0, 1].map((index) => peerBehind(index, [relay.address])));
      for (const which of ["first", "again"]) {
        for (const peer of peers) {
          await expect
            .poll(async () => (await peer.status()).reachability)
            .toEqual(relayedBy(relay.peerId));
        }
        await expectTalk(peers, which);
        if (which === "again") break;
        relay.node.kill("SIGKILL");
        await relay.node.exit;
        for (const peer of peers) {
          await expect.poll(async () => (await peer.status()).reachability.relays).toEqual([]);
        }
        await publicNode(2, "bootstrap,relay", { dataDir: relay.dataDir });
      }
    });

    test("run without any relay, say so, and find one that comes later", async () => {
      const bootstrap = await publicNode(3, "bootstrap");
      const worker = await workerBehind(0, [bootstrap.address]);
      await expect
        .poll(() => netStatus(worker.dataDir))
        .toMatchObject({
          reachability: {
            state: "unreachable",
            advice: expect.stringContaining("forward a TCP port"),
          },
        });
      const { level, advice } = await worker.node.line("node unreachable");
      expect({ level, advice }).toEqual({
        level: "warn",
        advice: expect.stringContaining("--relay"),
      });
      const { node } = await answerOf(["worker", "status", "--data-dir", worker.dataDir]);
      const warning = { name: "reach", ok: false, isWarning: true };
      expect(node).toMatchObject({
        checks: expect.arrayContaining([expect.objectContaining(warning)]),
      });
      // A relay that comes later is found, although nobody was told of it: it is in the DHT.
      const relay = await publicNode(2, "relay", { bootstrap: [bootstrap.address] });
      await expect
        .poll(() => netStatus(worker.dataDir))
        .toMatchObject({
          reachability: relayedBy(relay.peerId),
        });
    });
  },
);

async function settled(worker: NodeProcess): Promise<void> {
  await worker.line("batch submitted");
}

async function expectTalk(peers: readonly RemotePeer[], which: string): Promise<void> {
  for (const [index, from] of peers.entries()) {
    const to = peers[1 - index];
    if (to === undefined) throw new RangeError("two peers talk");
    const hex = Buffer.from(`${which} ${index} `.repeat(20_000)).toString("hex");
    await from.ask("put", { hex });
    expect(await to.ask("get", { hex })).toBe(hex);
    const job = `0x${Buffer.from(`${which} ${index}`).toString("hex").padStart(64, "0")}`;
    await expect
      .poll(async () => {
        // A hint that was said before the mesh was there is for nobody, and the same one is not said twice.
        await from.ask("hint", { job }).catch(() => {});
        return (await to.status()).hints;
      })
      .toContain(job);
  }
}
