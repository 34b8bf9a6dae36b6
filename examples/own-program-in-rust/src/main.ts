/**
 * A program of one's own in Rust: words.rs is compiled for WASI, linked to a program without imports, tried here, and then run by strangers.
 * It needs `rustup target add wasm32-wasip1`.
 *
 * node examples/own-program-in-rust/src/main.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineProgram } from "@assay/sdk";
import { linkWasi } from "@assay/sdk/program";
import { createAssay } from "assay";
import { parseEther } from "viem";

const folder = await mkdtemp(join(tmpdir(), "assay-rust-"));
const [source, built] = [join(import.meta.dirname, "words.rs"), join(folder, "words.wasm")];
execFileSync("rustc", ["--target", "wasm32-wasip1", "-O", "-o", built, source]);
const wasm = linkWasi({ wasm: new Uint8Array(await readFile(built)) });
await rm(folder, { recursive: true });

const program = defineProgram({
  wasm,
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder().decode(bytes).trimEnd().split("\n"),
});
const inputs = ["a rose is a rose", "to be or not to be"];
console.log(`${wasm.length} bytes; here it takes ${program.run("a rose is a rose").fuelUsed} fuel`);

const assay = await createAssay();
const job = await assay.submitJob({ program, inputs, rewardPerTask: parseEther("0.001") });
for await (const result of job.results({ ordered: true })) {
  console.log(result.outcome === "ok" ? result.value.join(", ") : result.outcome);
}
await assay.close();
