/**
 * What a task costs in every runner that needs no network of others: 1 KB of input, with next to no work and with some 10 ms. Beside ours their
 * peers on the same work, where they are installed: piscina; BullMQ on `redis-server`; Dask and Ray of the Python that
 * `ASSAY_BENCH_PYTHON` names (`python3 -m venv peers; peers/bin/pip install dask distributed ray wasmtime`).
 *
 * `npm run bench -- runners [name…]` measures those alone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipelineFigures } from "./pipeline.ts";
import { ours } from "./runners/ours.ts";
import { bareSpeedup, bullmqPeer, type Peer, piscinaPeer, pythonPeer } from "./runners/peers.ts";
import { type Counts, type Figures, measure } from "./runners/work.ts";

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Tasks of a round. */
const COUNTS: Counts = { quick: 8_000, slow: 100, rounds: 4 };

export async function runners(): Promise<void> {
  const wanted = process.argv.slice(3);
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  const folder = await mkdtemp(join(tmpdir(), "assay-bench-"));
  const peers: Record<string, () => Promise<Peer>> = {
    piscina: () => piscinaPeer(COUNTS),
    bullmq: () => bullmqPeer(folder, COUNTS),
    dask: () => pythonPeer("dask", folder, COUNTS),
    ray: () => pythonPeer("ray", folder, COUNTS),
  };
  const figures: Record<string, Figures | null> = {};
  const installed: Record<string, string | null> = {};
  try {
    print(
      `two processes without a scheduler are ${await bareSpeedup(COUNTS)} times as fast as one`,
    );
    for (const [name, open] of Object.entries(ours(folder))) {
      if (!isWanted(name)) continue;
      const found = await measure(open, COUNTS);
      // There is one of it.
      figures[name] = name === "inProcess" ? { ...found, speedup2: null } : found;
      print(`${name.padEnd(10)} ${JSON.stringify(figures[name])}`);
    }
    for (const [name, peer] of Object.entries(peers)) {
      if (!isWanted(name)) continue;
      const found = await peer();
      figures[name] = found.figures;
      installed[name] = found.installed;
      print(`${name.padEnd(10)} ${JSON.stringify(found.figures)}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  print(`installed: ${JSON.stringify(installed)}`);
  const pipeline = isWanted("pipeline") ? pipelineFigures() : null;
  print(JSON.stringify({ runners: figures, pipeline }));
}
