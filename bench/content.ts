/**
 * Contents by CID, each peer in a process of its own: 64 MiB beside plain Helia over the same libp2p options, in turns; the first fetch of a
 * peer that has just started; the memory of a peer that does nothing; and one honest provider beside bad ones.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { exportCar } from "@assay/network";
import { type Content, cidOf, memoryContent, putBytes } from "@assay/sdk";
import { CID } from "multiformats/cid";
import { type BadProvider, type Conduct, startBadProvider } from "../network/test/badProvider.ts";
import { kuboBinary, startKubo } from "../network/test/kubo.ts";
import { bytesOf, type Order, type Report } from "./content/orders.ts";

const MiB = 2 ** 20;
const LARGE_BYTES = 64 * MiB;
/** What is fetched beside bad providers. */
const MIDDLE_BYTES = 8 * MiB;
const ROUNDS = 5;
/** How long a bare peer is left alone before its memory is looked at. */
const SETTLE_MS = 3_000;

class Side {
  readonly #child: ChildProcess;
  readonly #gone: Promise<never>;
  #report: Report | undefined;

  constructor(kind: "ours" | "plain", bootstrap: readonly string[] = []) {
    const file = fileURLToPath(new URL("content/side.ts", import.meta.url));
    this.#child = fork(file, [kind, ...bootstrap], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#gone = once(this.#child, "exit").then(() => {
      throw new Error(`the process of ${kind} ended`);
    });
    this.#gone.catch(() => {});
  }

  static async start(kind: "ours" | "plain", bootstrap?: readonly string[]): Promise<Side> {
    const side = new Side(kind, bootstrap);
    await side.#answer();
    return side;
  }

  get multiaddrs(): string[] {
    return this.#report?.multiaddrs ?? [];
  }

  get peerId(): string {
    return this.multiaddrs[0]?.split("/").at(-1) ?? "";
  }

  async order(order: Exclude<Order, { type: "end" }>): Promise<Report> {
    this.#child.send(order satisfies Order);
    return this.#answer();
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.send({ type: "end" } satisfies Order);
    await ended;
  }

  async #answer(): Promise<Report> {
    const [report] = (await Promise.race([once(this.#child, "message"), this.#gone])) as [Report];
    this.#report = report;
    return report;
  }
}

/** No content is used twice. */
let seed = 1;

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const print = (text: string) => process.stdout.write(`${text}\n`);

/** A provider and a seeker that know each other, and have exchanged something. */
async function pair(kind: "ours" | "plain") {
  const provider = await Side.start(kind);
  const seeker = await Side.start(kind, provider.multiaddrs);
  async function rate(): Promise<number> {
    const { root } = await provider.order({ type: "store", seed: seed++, bytes: LARGE_BYTES });
    const { ms } = await seeker.order({ type: "fetch", root, providers: [provider.peerId] });
    return LARGE_BYTES / MiB / (ms / 1_000);
  }
  return { rate, end: () => Promise.all([provider.end(), seeker.end()]) };
}

/** MiB a second of both, the medians of rounds in which they take turns; the first round warms up. */
async function throughput(): Promise<{ ours: number; plain: number }> {
  const sides = { ours: await pair("ours"), plain: await pair("plain") };
  const rates = { ours: [] as number[], plain: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const kind of ["ours", "plain"] as const) {
      const rate = await sides[kind].rate();
      if (round > 0) rates[kind].push(rate);
    }
  }
  await Promise.all([sides.ours.end(), sides.plain.end()]);
  return { ours: median(rates.ours), plain: median(rates.plain) };
}

/** Milliseconds of the first fetch of a peer: from the moment that it has started until it has 1 MiB of a peer that it has not met. */
async function firstFetch(): Promise<number> {
  const first = await Side.start("ours");
  const provider = await Side.start("ours", first.multiaddrs);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { root } = await provider.order({ type: "store", seed: seed++, bytes: MiB });
    const seeker = await Side.start("ours", first.multiaddrs);
    times.push((await seeker.order({ type: "fetch", root, providers: [] })).ms);
    await seeker.end();
  }
  await Promise.all([first.end(), provider.end()]);
  return median(times);
}

async function bareRss(): Promise<number> {
  const peer = await Side.start("ours");
  await sleep(SETTLE_MS);
  const { rssMb } = await peer.order({ type: "report" });
  await peer.end();
  return rssMb;
}

/** By CID, the root last. */
async function blocksOf(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const blocks = new Map<string, Uint8Array>();
  const store = memoryContent();
  const put: Content["put"] = async (block, options) => {
    blocks.set(cidOf(block, options?.codec).toString(), block);
    return store.put(block, options);
  };
  await putBytes({ ...store, put }, bytes);
  return blocks;
}

/** Milliseconds that a new peer needs for a content that bad providers announce, too. */
async function beside(conduct: Conduct, count: number): Promise<number> {
  const first = await Side.start("ours");
  const honest = await Side.start("ours", first.multiaddrs);
  const pattern = { seed: seed++, bytes: MIDDLE_BYTES };
  const blocks = await blocksOf(bytesOf(pattern));
  const { root } = await honest.order({ type: "store", ...pattern });
  const bad: BadProvider[] = [];
  for (let i = 0; i < count; i++) {
    const one = await startBadProvider(conduct, first.multiaddrs);
    one.learn(blocks);
    await one.provide(CID.parse(root));
    bad.push(one);
  }
  const seeker = await Side.start("ours", first.multiaddrs);
  const { ms } = await seeker.order({ type: "fetch", root, providers: [] });
  await Promise.all([first, honest, seeker].map((side) => side.end()));
  await Promise.all(bad.map((one) => one.stop()));
  return ms;
}

/** MiB a second from Kubo to a peer and back, where there is a Kubo. */
async function withKubo() {
  const binary = kuboBinary();
  if (binary === undefined) return null;
  const kubo = await startKubo(binary);
  const peer = await Side.start("ours");
  await kubo.run(["swarm", "connect", peer.multiaddrs[0] ?? ""]);
  const { root } = await peer.order({ type: "store", seed: seed++, bytes: LARGE_BYTES });
  const start = performance.now();
  await kubo.run(["dag", "export", "--progress=false", root]);
  const toKubo = LARGE_BYTES / MiB / ((performance.now() - start) / 1_000);

  const store = memoryContent();
  const cid = await putBytes(store, bytesOf({ seed: seed++, bytes: LARGE_BYTES }));
  const parts: Uint8Array[] = [];
  for await (const part of exportCar(store, [cid])) parts.push(part);
  await kubo.run(["dag", "import", "--pin-roots=false"], Buffer.concat(parts));
  const { ms } = await peer.order({ type: "fetch", root: cid.toString(), providers: [] });
  const fromKubo = LARGE_BYTES / MiB / (ms / 1_000);
  await peer.end();
  await kubo.stop();
  return {
    version: kubo.version,
    toKuboMiBs: Math.round(toKubo),
    fromKuboMiBs: Math.round(fromKubo),
  };
}

export async function content(): Promise<void> {
  const rates = await throughput();
  print(`64 MiB: ours ${rates.ours.toFixed(0)} MiB/s, plain Helia ${rates.plain.toFixed(0)} MiB/s`);
  const firstFetchMs = await firstFetch();
  print(`first fetch of a new peer, 1 MiB: ${firstFetchMs.toFixed(0)} ms`);
  const rssMb = await bareRss();
  print(`a bare peer: ${rssMb.toFixed(0)} MB`);
  const liarsMs = await beside("lie", 5);
  const muteMs = await beside("mute", 5);
  const halfMs = await beside("half", 1);
  print(
    `8 MiB of one honest provider beside 5 liars ${liarsMs.toFixed(0)} ms, 5 mute ones ${muteMs.toFixed(0)} ms, one that sends half ${halfMs.toFixed(0)} ms`,
  );
  const kubo = await withKubo();
  print(
    kubo === null
      ? "Kubo is left out: put ipfs on the PATH, or name it in KUBO_BINARY."
      : `64 MiB with Kubo ${kubo.version}: to it ${kubo.toKuboMiBs} MiB/s, from it ${kubo.fromKuboMiBs} MiB/s`,
  );
  print(
    JSON.stringify({
      throughputMiBs: Math.round(rates.ours),
      plainThroughputMiBs: Math.round(rates.plain),
      throughputRatio: Number((rates.ours / rates.plain).toFixed(2)),
      firstFetchMs: Math.round(firstFetchMs),
      rssMbBarePeer: Math.round(rssMb),
      liarsMs: Math.round(liarsMs),
      muteMs: Math.round(muteMs),
      halfMs: Math.round(halfMs),
      kubo,
      load: loadavg().map((value) => Number(value.toFixed(1))),
    }),
  );
}
