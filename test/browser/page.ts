import { blake3, createMarketClient, memoryContent } from "@assay/sdk";
import { Outcome, runProgram } from "@assay/sdk/program";
import { openInputManifest, putBytes, writeResultManifest } from "@assay/sdk/protocol";
import { type Address, bytesToHex, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { anvil } from "viem/chains";

// What sdk.test.ts runs in a browser. Values cross between the two as JSON.

export interface Order {
  rpcUrl: string;
  marketplace: Address;
  requesterKey: Hex;
  workerKey: Hex;
  /** Bytes of the module. */
  program: number[];
  inputs: string[];
}

/** Posts a job, does it with a second account, and gives the verified results. */
export async function buyWork(order: Order): Promise<{ jobId: Hex; results: string[] }> {
  const content = memoryContent();
  const client = (key: Hex) =>
    createMarketClient({
      chain: anvil,
      transport: http(order.rpcUrl),
      account: privateKeyToAccount(key),
      ...{ marketplace: order.marketplace, content, pollingIntervalMs: 50 },
    });
  const [requester, worker] = [client(order.requesterKey), client(order.workerKey)];
  const program = Uint8Array.from(order.program);
  const { jobId } = await requester.submitJob({
    ...{ program, rewardPerTask: 10n ** 12n, batchSize: order.inputs.length },
    inputs: order.inputs.map((text) => new TextEncoder().encode(text)),
  });

  await worker.deposit({ amount: 10n ** 18n });
  const { terms, spec } = await worker.openJob({ jobId });
  await worker.claim({ terms, batch: 0 });
  const count = terms.taskCount;
  const manifest = await openInputManifest(content, {
    ...{ cid: spec.manifest, root: spec.inputRoot, count },
  });
  const entries = [];
  for await (const { cid } of manifest.entries()) {
    const run = runProgram({ wasm: program, input: await content.get(cid) });
    if (run.outcome !== Outcome.ok) throw new Error("the program failed");
    const { outcome, bytes } = run;
    entries.push({ outcome, cid: await putBytes(content, bytes), byteLength: bytes.length });
  }
  const { cid: results, root: resultRoot } = await writeResultManifest(content, entries, {
    first: 0,
  });
  await worker.submit({ jobId, batch: 0, resultRoot, results });

  const texts: string[] = [];
  const job = await requester.openJob({ jobId });
  for await (const result of job.results({ ordered: true })) {
    if (result.outcome !== "ok") throw new Error(`task ${result.position} gave no result`);
    texts.push(new TextDecoder().decode(result.bytes));
  }
  return { jobId, results: texts };
}

/** BLAKE3 of inputs of these lengths, byte i of which is i modulo 251. */
export function digestsOf(lengths: number[]): Hex[] {
  return lengths.map((length) =>
    bytesToHex(blake3.encode(Uint8Array.from({ length }, (_, i) => i % 251)) as Uint8Array),
  );
}
