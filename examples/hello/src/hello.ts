import { compileProgram } from "@assay/sdk/compile";
import { createAssay } from "assay";
import { parseEther } from "viem";

// It reads the environment that `assay dev` prints.
const assay = await createAssay();
const program = await compileProgram({
  source: `export function main(input: Uint8Array): Uint8Array { return input.reverse(); }`,
});
const inputs = ["hello", "from", "strangers"].map((text) => new TextEncoder().encode(text));
const job = await assay.submitJob({ program, inputs, rewardPerTask: parseEther("0.001") });
for await (const result of job.results({ ordered: true })) {
  if (result.outcome === "ok") console.log(new TextDecoder().decode(result.bytes));
}
await assay.close();
