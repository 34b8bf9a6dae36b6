import { parentPort, workerData } from "node:worker_threads";
import { createLocalProgram } from "../../../shared/src/programs/localProgram.ts";
import type { Sources } from "../data/dataSet.ts";
import { createLocalCompute } from "../federation/compute.ts";
import type { FederationOptions } from "../federation/options.ts";
import type { HoldOut } from "../federation/prepare.ts";
import type { ProgramName } from "../programs/programs.ts";
import { runCell } from "./cell.ts";

export interface ThreadData {
  programs: ReadonlyMap<ProgramName, Uint8Array>;
  /** For cells alone. */
  sources: Sources | undefined;
}

/** One task of a program, or one whole training. */
export type ThreadOrder =
  | { id: number; program: ProgramName; input: Uint8Array }
  | { id: number; cell: FederationOptions; every: number; holdOut: HoldOut };

export type ThreadReply = { id: number } & ({ value: unknown } | { error: string });

const { programs, sources } = workerData as ThreadData;
const compute = createLocalCompute(
  new Map([...programs].map(([name, wasm]) => [name, createLocalProgram(wasm)])),
);

async function follow(order: ThreadOrder): Promise<unknown> {
  if ("program" in order) return (await compute.run(order.program, [order.input]))[0];
  if (sources === undefined) throw new RangeError("this thread has no data");
  return runCell(compute, sources, order.cell, order);
}

parentPort?.on("message", async (order: ThreadOrder) => {
  const { id } = order;
  let reply: ThreadReply;
  try {
    reply = { id, value: await follow(order) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
