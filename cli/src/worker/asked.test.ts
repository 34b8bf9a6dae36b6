import { join } from "node:path";
import { createPeer } from "@assay/network";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isLong, longTest } from "../../../test/fixtures/long.ts";
import {
  type NodeProcess,
  type Started,
  startCli,
  startedThings,
  temporaryFolder,
} from "../../../worker/test/network.ts";

let started: Started;
let dataDir: string;
beforeEach(async () => {
  started = startedThings();
  dataDir = await temporaryFolder(started);
});
afterEach(() => started.end());

const ask = (...argv: string[]) => startCli([...argv, "--data-dir", dataDir], started);

/** A node for the network alone. */
async function startNode(folder = dataDir, bootstrap: string[] = []): Promise<NodeProcess> {
  const node = startCli(
    [
      ...["worker", "start", "--roles", "bootstrap", "--network", "local", "--json"],
      ...["--data-dir", folder, "--listen", "/ip4/127.0.0.1/tcp/0"],
      ...bootstrap.flatMap((address) => ["--bootstrap", address]),
    ],
    started,
  );
  await node.line("control socket open");
  return node;
}

async function ended(command: NodeProcess) {
  const exitCode = await command.exit;
  return {
    exitCode,
    stdout: command.lines.map(({ msg }) => msg).join("\n"),
    stderr: command.stderr,
  };
}

longTest("a node that was killed has left its socket, and does not run", async () => {
  const node = await startNode();
  node.kill("SIGKILL");
  await node.exit;
  expect(await ended(ask("worker", "drain"))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("No node runs with the data folder"),
  });
});

test.runIf(isLong && process.platform !== "win32")(
  "a node that is stopped does not answer, and neither command waits for ever",
  async () => {
    const node = await startNode();
    node.kill("SIGSTOP");
    const silent = expect.stringContaining("did not answer within 10 s");
    const [status, drain, asJson] = await Promise.all([
      ended(ask("worker", "status")),
      ended(ask("worker", "drain")),
      ask("worker", "status", "--json"),
    ]);
    expect(status).toMatchObject({ exitCode: 1, stdout: silent });
    expect(drain).toMatchObject({ exitCode: 1, stderr: silent });
    expect(await asJson.exit).toBe(1);
    expect(asJson.lines).toMatchObject([{ node: null, problem: silent }]);
    node.kill("SIGCONT");
    expect(await ended(ask("worker", "drain"))).toMatchObject({ exitCode: 0 });
    expect(await node.exit).toBe(0);
  },
);

test.runIf(isLong && process.getuid?.() === 0)(
  "another account's node is not taken for one that does not run (needs root)",
  async () => {
    await startNode();
    for (const verb of ["status", "drain"]) {
      const other = startCli(["worker", verb, "--data-dir", dataDir], started, {}, [
        ...["setpriv", "--reuid=65534", "--clear-groups"],
      ]);
      expect(await ended(other)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("is another account's: run the command as the user"),
      });
    }
  },
);

test("other peers are pinged and found through a running node", async () => {
  const node = await startNode();
  const first = await node.line("node started");
  const addresses = first.multiaddrs as string[];
  const other = await startNode(join(dataDir, "other"), addresses);
  const { peerId } = await other.line("node started");
  const peer = await createPeer({ memory: true, network: "local", bootstrap: addresses });
  started.add(() => peer.stop());

  const ping = ask("net", "ping", String(peerId), "--count", "2", "--json");
  expect(await ping.exit).toBe(0);
  const time = { ms: expect.any(Number), multiaddr: expect.stringContaining("127.0.0.1") };
  expect(ping.lines).toMatchObject([{ peer: peerId, sent: 2, answered: 2, pings: [time, time] }]);
  const shown = await ended(ask("net", "ping", peer.multiaddrs[0] ?? "", "--count", "1"));
  expect(shown.stdout).toMatch(/^\d+ ms {2}\/ip4\S+\n1 of 1 answered: \d+ ms at least/);

  const cid = await peer.content.put(Uint8Array.of(1, 2, 3));
  await peer.content.provide(cid);
  for (const [what, found] of [
    [String(cid), peer.peerId],
    [String(peerId), peerId],
  ] as const) {
    const find = ask("net", "find", what, "--json");
    expect([what, await find.exit]).toEqual([what, 0]);
    expect(find.lines).toMatchObject([{ what, peers: [{ peerId: found }] }]);
  }
  // A node announces its roles when it has found its place in the DHT.
  await expect
    .poll(async () => (await ended(ask("net", "find", "bootstrap"))).stdout)
    .toContain(String(peerId));
});

longTest("a question that is wrong, or about nobody, is told", async () => {
  await startNode();
  const wrong = async (...argv: string[]) => {
    const { exitCode, stderr } = await ended(ask(...argv));
    return [exitCode, stderr];
  };
  const noId = '"nonsense" is no peer id';
  expect(await wrong("net", "ping", "nonsense")).toEqual([2, expect.stringContaining(noId)]);
  expect(await wrong("net", "find", "nonsense")).toEqual([2, expect.stringContaining(noId)]);
  expect(await wrong("net", "ping", "/ip4/127.0.0.1/tcp/1")).toEqual([
    ...[2, expect.stringContaining("is no address of a peer")],
  ]);
  expect(await wrong("net", "find", "worker")).toEqual([
    ...[2, expect.stringContaining("a worker is one of a marketplace")],
  ]);
  const nobody = "12D3KooWQyVND44YM8qq79qQ6aSVJTwcE83hPRPftWWEUE58EG9S";
  const gone = await ended(ask("net", "ping", nobody, "--count", "1"));
  expect(gone).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("0 of 1 answered") });
  const unknown = await ended(ask("net", "find", nobody));
  expect(unknown).toMatchObject({ exitCode: 1, stdout: "Nobody was found." });
});
