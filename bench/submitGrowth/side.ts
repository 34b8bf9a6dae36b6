/**
 * Posts one job of many small inputs in a process of its own, as a script of a requester does: a peer with its blocks in a folder, and
 * inputs from an async iterable. argv: JSON-RPC, Marketplace, private key, a folder that has
 * `program.wasm`, number of inputs.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAssay } from "assay";
import { getAddress, type Hex, isHex } from "viem";
import type { Submitted } from "./orders.ts";

/** Bytes of an input, the first of which tell it from all others. */
const INPUT_BYTES = 64;

const [rpc = "", marketplace = "", key = "", folder = "", count = ""] = process.argv.slice(2);
const account: Hex = isHex(key) ? key : "0x";
const assay = await createAssay({
  ...{ rpc, account, marketplace: getAddress(marketplace), bootstrap: [] },
  content: { backends: ["helia", "files"], folder: join(folder, "blocks") },
});

async function* inputs(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let i = 0; i < Number(count); i++) {
    const input = new Uint8Array(INPUT_BYTES);
    new DataView(input.buffer).setUint32(0, i);
    yield input;
  }
}

const program = new Uint8Array(await readFile(join(folder, "program.wasm")));
const begunAt = performance.now();
const before = process.cpuUsage();
const { terms } = await assay.submitJob({
  ...{ program, inputs: inputs(), rewardPerTask: 10n ** 12n },
});
const { user, system } = process.cpuUsage(before);
const submitted: Submitted = {
  tasks: terms.taskCount,
  seconds: (performance.now() - begunAt) / 1_000,
  rssMb: process.resourceUsage().maxRSS / 1_024,
  cpuSeconds: (user + system) / 1e6,
};
process.send?.(submitted);
await assay.close();
process.disconnect();
