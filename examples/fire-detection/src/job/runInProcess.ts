import { setImmediate } from "node:timers/promises";
import type { AbortOptions } from "@assay/sdk";
import { TaskFailedError } from "../../../shared/src/programs/taskFailedError.ts";
import type { Detections } from "../tiles/detection.ts";
import type { FireJob } from "./job.ts";

interface DetectorExports {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  run(address: number, length: number): bigint;
}

/**
 * Runs all tasks of a job here and now, as a node does it but without its limits: the same program on the same inputs, a fresh
 * instance each. For science that needs no marketplace.
 * @throws {@link TaskFailedError} when a task traps.
 */
export async function runInProcess(
  job: FireJob,
  { signal, onTask }: AbortOptions & { onTask?: (done: number) => void } = {},
): Promise<Detections> {
  const module = new WebAssembly.Module(Uint8Array.from(job.program));
  for (let position = 0; position < job.taskCount; position++) {
    signal?.throwIfAborted();
    job.collect(position, runTask(module, job.input(position), position));
    onTask?.(position + 1);
    await setImmediate(); // so that a signal is heard
  }
  return job.finish();
}

function runTask(module: WebAssembly.Module, input: Uint8Array, position: number): Uint8Array {
  const { exports } = new WebAssembly.Instance(module);
  const { memory, alloc, run } = exports as unknown as DetectorExports;
  try {
    const address = alloc(input.length) >>> 0;
    new Uint8Array(memory.buffer).set(input, address);
    const packed = BigInt.asUintN(64, run(address, input.length));
    const start = Number(packed >> 32n);
    return new Uint8Array(memory.buffer).slice(start, start + Number(packed & 0xffff_ffffn));
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError)
      throw new TaskFailedError(`Task ${position}`, "trap");
    throw error;
  }
}
