import { createPeer, type Peer } from "@assay/network";
import { cidOf } from "@assay/sdk/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { collect, expected, inputsOf, limits, manifold, testRunner } from "../../test/contract.ts";
import { peersRunner, type ServingPeer, servePeers } from "./index.ts";

const ended: (() => unknown)[] = [];
let asking: Peer;
let serving: Peer[];

async function join(bootstrap: readonly string[], runs = true): Promise<Peer> {
  const peer = await createPeer({
    ...{ memory: true, network: "local", bootstrap },
    services: runs ? ["runner"] : [],
  });
  ended.push(() => peer.stop());
  // Whoever is named by its id alone is asked over the connection that there is.
  const isConnected = () => asking.peers.some(({ peerId }) => peerId === peer.peerId);
  if (runs) await vi.waitUntil(isConnected, { timeout: 240_000 });
  return peer;
}

beforeAll(async () => {
  asking = await join([], false);
  serving = await Promise.all([1, 2, 3].map(() => join(asking.multiaddrs)));
  for (const peer of serving) {
    const server = servePeers(peer, { processes: 1 });
    ended.push(() => server.close());
  }
});
afterAll(async () => {
  for (const end of ended.toReversed()) await end();
});

describe("peers that the DHT knows, as every runner", () => {
  testRunner(() => peersRunner({ peer: asking }));
});

test("inputs and results that no message holds travel as contents", async () => {
  const runner = peersRunner({ peer: asking, redundancy: 2 });
  const inputs = [
    new Uint8Array(100_000).fill(7),
    new Uint8Array(150_000).fill(8),
    Uint8Array.of(1),
  ];
  const results = await collect(runner.run({ program: echo.wasm, inputs }));
  expect(results.map((result) => "bytes" in result && result.bytes)).toEqual(inputs);
});

/** Gives a result of its own for every task. */
async function startLiar(): Promise<Peer> {
  const peer = await join(asking.multiaddrs);
  const lie = Uint8Array.of(6, 6, 6);
  const direct: ServingPeer["direct"] = {
    serve: (kind, service) =>
      peer.direct.serve(kind, async (body, caller) => {
        const ends = (await service(body, caller)) as unknown[];
        return ends.map((end) => end && [1, cidOf(lie), lie]);
      }),
  };
  const server = servePeers({ direct, content: peer.content }, { processes: 1 });
  ended.push(() => server.close());
  return peer;
}

test("who says otherwise than the quorum is named, and asked no more", async () => {
  const liar = await startLiar();
  const allow = [liar.peerId, ...serving.map(({ peerId }) => peerId)];
  const dissents: string[] = [];
  const runner = peersRunner({
    ...{ peer: asking, allow, redundancy: 3 },
    onDissent: ({ peerId }) => dissents.push(peerId),
  });
  const inputs = numbered(100);
  // Two of three are a quorum, and a run may be over before a liar that has to fetch the program first says anything.
  while (dissents.length === 0) {
    const results = await collect(runner.run({ program: echo.wasm, inputs }));
    expect(results.map((result) => "bytes" in result && result.bytes)).toEqual(inputs);
  }
  expect(dissents).toEqual([liar.peerId]);
  // Two who do not agree are no quorum.
  const two = peersRunner({
    peer: asking,
    allow: [liar.peerId, serving[0]?.peerId ?? ""],
    redundancy: 2,
  });
  await expect(collect(two.run({ program: echo.wasm, inputs: numbered(1) }))).rejects.toMatchObject(
    {
      code: "PEERS_NO_QUORUM",
      position: 0,
    },
  );
});

test("a peer that leaves in the middle is replaced, and too few are told before any work", async () => {
  const leaving = await join(asking.multiaddrs);
  const server = servePeers(leaving, { processes: 1 });
  const allow = [leaving.peerId, ...serving.map(({ peerId }) => peerId)];
  const runner = peersRunner({ peer: asking, allow, redundancy: 2 });
  const inputs = inputsOf(400);
  let seen = 0;
  const results = [];
  for await (const result of runner.run({ program: manifold.wasm, inputs, limits })) {
    results.push(result);
    if (++seen === 20) {
      await leaving.stop();
      await server.close();
    }
  }
  expect(results.toSorted((a, b) => a.position - b.position)).toEqual(expected(inputs));
  const many = peersRunner({ peer: asking, redundancy: 9, findMs: 300 });
  await expect(collect(many.run({ program: echo.wasm, inputs }))).rejects.toMatchObject({
    code: "PEERS_TOO_FEW",
  });
});

test("what is no question, and who may not ask, is refused", async () => {
  const strict = await join(asking.multiaddrs);
  const server = servePeers(strict, { processes: 1, allow: [serving[0]?.peerId ?? ""] });
  ended.push(() => server.close());
  const runner = peersRunner({ peer: asking, allow: [strict.peerId] });
  await expect(
    collect(runner.run({ program: echo.wasm, inputs: numbered(1) })),
  ).rejects.toMatchObject({
    code: "PEERS_TOO_FEW",
    message: expect.stringContaining("for others than you"),
  });
  const [peer] = serving as [Peer];
  for (const body of [
    null,
    {},
    { program: "x" },
    [1],
    { program: 1, maxSteps: "1", maxResultBytes: 1, inputs: [] },
  ]) {
    await expect(asking.direct.ask(peer.peerId, "run", body)).rejects.toMatchObject({
      reason: "bad request",
    });
  }
});
