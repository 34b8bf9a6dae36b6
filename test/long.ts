/** `npm run test:long`: the invariants of the Marketplace under a million random calls. Another seed plays another million. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CALLS = 1_000_000;
/** Calls in a run: `depth` in `hardhat.config.ts`. */
const DEPTH = 160;

const seed = process.env.FUZZ_SEED ?? "1";
const runs = Math.ceil(CALLS / DEPTH);
process.stdout.write(`${runs * DEPTH} calls in ${runs} runs; FUZZ_SEED=${seed}\n`);
const { status } = spawnSync("hardhat", ["test", "solidity", "test/contracts/Marketplace.t.sol"], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  stdio: "inherit",
  shell: process.platform === "win32",
  env: { ...process.env, FUZZ_SEED: seed, INVARIANT_RUNS: String(runs) },
});
process.exit(status ?? 1);
