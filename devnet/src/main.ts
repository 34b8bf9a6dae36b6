/**
 * `npm run localnet`: a chain, a Marketplace and worker processes that stay until Ctrl-C, for scripts of one's own. Prints the
 * environment that such a script reads.
 *
 *   --workers N   worker processes (default 3)
 *   --port N      port of the chain's JSON-RPC (default: any free one)
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { AssayError } from "@assay/sdk";
import { bytesToHex } from "viem";
import { startLocalnet, workerPlans } from "./network.ts";

/** Stake of a worker, in batches that it may have open at a time. */
const BATCHES_PER_WORKER = 100n;

class UsageError extends Error {}

function readOptions(): { workers: number; port: number } {
  try {
    const { values } = parseArgs({
      options: {
        workers: { type: "string", default: "3" },
        port: { type: "string", default: "0" },
      },
    });
    return {
      workers: wholeNumber("--workers", values.workers, 1, 32),
      port: wholeNumber("--port", values.port, 0, 65_535),
    };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`${flag} takes a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}

const stop = new AbortController();
process.on("SIGINT", () => stop.abort());
process.on("SIGTERM", () => stop.abort());

try {
  const options = readOptions();
  await using network = await startLocalnet({
    nodes: options.workers,
    port: options.port,
    onFailure: (error) => stop.abort(error),
    signal: stop.signal,
  });
  const { minStakePerBatch } = await network.market.getParameters();
  await network.start(workerPlans(options.workers, minStakePerBatch * BATCHES_PER_WORKER));
  const { privateKey } = network.chain.account(1).getHdKey();
  process.stdout.write(
    [
      `export ASSAY_RPC=${network.chain.rpcUrl}`,
      `export ASSAY_MARKETPLACE=${network.chain.marketplace}`,
      `export ASSAY_BOOTSTRAP=${network.peer.multiaddrs[0]}`,
      `export ASSAY_PRIVATE_KEY=${bytesToHex(privateKey ?? new Uint8Array())} # a development key, worth nothing`,
      `# ${options.workers} workers are listening. Ctrl-C ends everything.`,
      "",
    ].join("\n"),
  );
  if (!stop.signal.aborted) await once(stop.signal, "abort");
  if (stop.signal.reason instanceof AssayError) throw stop.signal.reason;
} catch (error) {
  if (error === stop.signal.reason && !(error instanceof AssayError)) {
    process.exitCode = 130;
  } else if (error instanceof AssayError || error instanceof UsageError) {
    process.stderr.write(`${error instanceof AssayError ? error.shortMessage : error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } else throw error;
}
