/**
 * Audit and dispute: some tasks of each batch are run again here as it is submitted. What is wrong is put to the job's jury, which slashes
 * the worker, and the batch is done again by another. The default arbiter asks more of a challenger, which is a node's work: it has to
 * stay, and to narrow the dispute down to one step of the task.
 *
 * node examples/audit-and-dispute/src/main.ts
 */
import { defineProgram } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { runProgram } from "@assay/sdk/program";
import { createAssay } from "assay";
import { parseEther } from "viem";

const source = `export function main(input: Uint8Array): Uint8Array {
  const value = load<u32>(input.dataStart);
  store<u32>(input.dataStart, value * value);
  return input;
}`;
const wasm = await compileProgram({ source });
const square = defineProgram({
  wasm,
  encode: (value: number) => new Uint8Array(Uint32Array.of(value).buffer),
  decode: (bytes) => new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true),
});

const assay = await createAssay();
const job = await assay.submitJob({
  program: square,
  inputs: Array.from({ length: 40 }, (_, i) => i),
  rewardPerTask: parseEther("0.001"),
  arbiter: assay.jury,
});
let audited = 0;
const execute = async ({ input }: { input: Uint8Array }) => runProgram({ wasm, input });
for await (const task of job.audit({ execute, rate: 0.2, onAudited: () => audited++ })) {
  await task.challenge();
  console.log(`task ${task.position} of ${task.worker} is wrong, and before the jury`);
}
console.log(`${audited} of ${job.terms.taskCount} tasks were run again`);
await assay.close();
