/** `npm run test:long`: the invariants of the Marketplace under a million random calls. Another `FUZZ_SEED` plays another million. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CALLS = 1_000_000;
/** Calls in a run: `depth` in `hardhat.config.ts`. */
const DEPTH = 160;

const seed = process.env.FUZZ_SEED ?? "1";
const runs = Math.ceil(CALLS / DEPTH);

function hardhat(...args: string[]): void {
  const { status } = spawnSync("hardhat", args, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, FUZZ_SEED: seed, INVARIANT_RUNS: String(runs) },
  });
  if (status !== 0) process.exit(status ?? 1);
}

process.stdout.write(`${runs * DEPTH} calls in ${runs} runs; FUZZ_SEED=${seed}\n`);
// The fuzzer knows its target by the bytecode of the artifact, so that all artifacts have to be of one build.
hardhat("build", "--force", "--quiet");
hardhat("test", "solidity", "test/contracts/Marketplace.t.sol");
