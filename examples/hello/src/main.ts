import { defineProgram } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { createAssay } from "assay";
import { parseEther } from "viem";

const wasm = await compileProgram({
  source: `export function main(input: Uint8Array): Uint8Array { return input.reverse(); }`,
});
const program = defineProgram({
  wasm,
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder().decode(bytes),
});
const assay = await createAssay(); // finds the chain and the network of `assay dev`
const inputs = ["hello", "from", "strangers"];
const job = await assay.submitJob({ program, inputs, rewardPerTask: parseEther("0.001") });
for await (const result of job.results({ ordered: true })) {
  if (result.outcome === "ok") console.log(result.value);
}
await assay.close();
