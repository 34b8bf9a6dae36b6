/**
 * Inputs from files: each file of a folder is the input of a task, which counts its lines. A file is read when its turn comes, so that a
 * folder of any size will do.
 *
 * node examples/inputs-from-files/src/main.ts [folder]
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineProgram } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { createAssay } from "assay";
import { parseEther } from "viem";

const source = `export function main(input: Uint8Array): Uint8Array {
  let lines: u32 = 0;
  for (let i = 0; i < input.length; i++) if (input[i] == 10) lines++;
  const result = new Uint8Array(4);
  store<u32>(result.dataStart, lines);
  return result;
}`;
const program = defineProgram({
  wasm: await compileProgram({ source }),
  encode: (content: Uint8Array) => content,
  decode: (bytes) => new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true),
});

const [folder = import.meta.dirname] = process.argv.slice(2);
const entries = await readdir(folder, { withFileTypes: true });
const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
async function* inputs() {
  for (const name of names) yield await readFile(join(folder, name));
}

const assay = await createAssay();
const rewardPerTask = parseEther("0.001");
const job = await assay.submitJob({ program, inputs: inputs(), rewardPerTask });
for await (const result of job.results({ ordered: true })) {
  console.log(names[result.position], result.outcome === "ok" ? result.value : result.outcome);
}
await assay.close();
