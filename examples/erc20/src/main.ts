/**
 * Pay in an ERC-20: the escrow is taken from the account by a permit, or by an allowance where the token knows no permits. Workers take the
 * tokens that they name with `--token`; ASSAY_PLAY_TOKEN is one that those of `assay dev` take.
 *
 * node examples/erc20/src/main.ts
 */
import { defineProgram } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { createAssay } from "assay";
import { erc20Abi, formatUnits, getAddress, parseUnits } from "viem";

const program = defineProgram({
  wasm: await compileProgram({
    source: `export function main(input: Uint8Array): Uint8Array { return input.reverse(); }`,
  }),
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder().decode(bytes),
});

const assay = await createAssay();
const token = getAddress(process.env.ASSAY_PLAY_TOKEN ?? "");
const common = { address: token, abi: erc20Abi } as const;
const decimals = await assay.public.readContract({ ...common, functionName: "decimals" });
const symbol = await assay.public.readContract({ ...common, functionName: "symbol" });

const job = await assay.submitJob({
  ...{ program, inputs: ["paid", "in", "tokens"] },
  ...{ token, rewardPerTask: parseUnits("0.5", decimals) },
});
const escrow = job.terms.rewardPerTask * BigInt(job.terms.taskCount);
console.log(`${formatUnits(escrow, decimals)} ${symbol} are in escrow`);
for await (const result of job.results({ ordered: true })) {
  console.log(result.outcome === "ok" ? result.value : result.outcome);
}
await assay.close();
