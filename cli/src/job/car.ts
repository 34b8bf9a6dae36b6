import { constants, createReadStream } from "node:fs";
import { access, open, rename, rm } from "node:fs/promises";
import type { Peer } from "@assay/network";
import { type JobHandle, type MarketClient, UnsupportedCidError } from "@assay/sdk";
import { UsageError } from "@assay/worker/config";
import { type Command, toJson } from "@assay/worker/process";
import type { CID } from "multiformats/cid";
import { createProgress } from "../terminal/progress.ts";
import { JOB_ID, openJob, readCall, untilInterrupted } from "./command.ts";
import { connectMember } from "./connect.ts";
import { exportOptions, importOptions } from "./jobOptions.ts";

const CAR_FILE = "<file.car>";

export const jobExportCommand: Command = {
  summary: "write a job's program, inputs and submitted results to one CAR file",
  operands: `${JOB_ID} ${CAR_FILE}`,
  options: exportOptions,
  async run(argv, context) {
    const { operands, values } = readCall(argv, context, {
      operands: [JOB_ID, CAR_FILE],
      options: exportOptions,
    });
    const [id, file = ""] = operands;
    const { exportCar } = await import("@assay/network");
    await using member = await connectMember(values);
    const { client, peer } = member;
    return await untilInterrupted(async (signal) => {
      const job = await openJob(client, id, values.fromBlock);
      const roots = await rootsOf(client, job, signal);
      const progress = createProgress(context.stderr, undefined, "blocks");
      let written = { blocks: 0, bytes: 0 };
      const onProgress = (now: typeof written) => {
        written = now;
        progress.update(now.blocks);
      };
      await writeWhole(file, exportCar(peer.content, roots, { signal, onProgress }));
      progress.end();
      const { blocks, bytes } = written;
      const fields = { jobId: job.jobId, file, roots: roots.map(String), blocks, bytes };
      const words = `${file}: ${blocks} blocks, ${bytes} bytes, ${roots.length - 2} of its batches.`;
      context.stdout.write(`${values.json ? toJson(fields) : words}\n`);
      return 0;
    });
  },
};

export const jobImportCommand: Command = {
  summary: "store the contents of a CAR file, and serve them until Ctrl-C",
  operands: CAR_FILE,
  options: importOptions,
  async run(argv, context) {
    const { operands, values } = readCall(argv, context, {
      operands: [CAR_FILE],
      options: importOptions,
    });
    const [file = ""] = operands;
    if (values.detach && !values.content.includes("kubo")) {
      throw new UsageError(
        "Nobody else would serve the contents: leave --detach out, or give --content kubo.",
      );
    }
    await access(file, constants.R_OK).catch((cause) => {
      throw new UsageError(`${file} cannot be read (${cause.code}).`, { cause });
    });
    await using member = await connectMember(values, { store: values.store });
    const { peer } = member;
    const { importCar } = await import("@assay/network");
    return await untilInterrupted(async (signal) => {
      const progress = createProgress(context.stderr, undefined, "blocks");
      const onProgress = ({ blocks }: { blocks: number }) => progress.update(blocks);
      const keep = values.content.includes("kubo") ? keepingEverywhere(peer) : peer.keep;
      const read = await importCar(keep, createReadStream(file), { signal, onProgress });
      progress.end();
      for (const root of read.roots) await peer.content.provide(root, { signal });
      const [roots, missing] = [read.roots.map(String), read.missing.map(String)];
      const { blocks, bytes } = read;
      const lacking = missing.length === 0 ? "" : `, ${missing.length} that it names are not in it`;
      const words = `${file}: ${blocks} blocks, ${bytes} bytes${lacking}.`;
      context.stdout.write(
        `${values.json ? toJson({ file, roots, blocks, bytes, missing }) : words}\n`,
      );
      if (values.detach) return 0;
      context.stderr.write("Its contents are served until Ctrl-C.\n");
      return forEver(signal);
    });
  },
};

/** Ends with the signal alone. */
function forEver(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
  });
}

/** Program, inputs, and the results of each batch as they were last submitted. */
async function rootsOf(
  client: MarketClient,
  { jobId, spec, blockNumber }: JobHandle,
  signal: AbortSignal,
): Promise<CID[]> {
  const toBlock = await client.public.getBlockNumber({ cacheTime: 0 });
  const range = { fromBlock: blockNumber, toBlock, signal };
  const results = new Map<number, CID>();
  for (const event of await client.getMarketEvents({ jobId, ...range })) {
    if (event.type !== "batchSubmitted") continue;
    if (event.results === undefined) throw new UnsupportedCidError(`of batch ${event.batch}`);
    results.set(event.batch, event.results);
  }
  const byBatch = [...results].toSorted(([a], [b]) => a - b).map(([, cid]) => cid);
  return [spec.program, spec.manifest, ...byBatch];
}

/** Whole or not at all: what was there stays until all is written. */
async function writeWhole(file: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const part = `${file}.part`;
  const failed = (cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be written (${cause.code}).`, { cause });
  };
  const handle = await open(part, "w").catch(failed);
  try {
    for await (const chunk of chunks) await handle.appendFile(chunk).catch(failed);
    await handle.close();
    await rename(part, file).catch(failed);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(part, { force: true });
    throw error;
  }
}

/** With the peer, and wherever else its contents are stored. */
function keepingEverywhere({ content, keep }: Peer): Peer["keep"] {
  return async (cid, bytes) => {
    await keep(cid, bytes);
    await content.put(bytes, { codec: cid.code === 0x71 ? "dag-cbor" : "raw" });
  };
}
