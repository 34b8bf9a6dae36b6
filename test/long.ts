/**
 * `npm run test:long`: the tests that take long and every variant of others (`*.long.test.ts`), those of the fraud proof on Hardhat's node as
 * well as on anvil, then the invariants of the Marketplace, of the jury, of offers and of awards, each under a million random calls. Another
 * `FUZZ_SEED` plays others.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CALLS = 1_000_000;
/** Calls in a run: `depth` in `hardhat.config.ts`. */
const DEPTH = 160;

const seed = process.env.FUZZ_SEED ?? "1";
const runs = Math.ceil(CALLS / DEPTH);

function run(command: string, args: readonly string[], more: Record<string, string> = {}): void {
  const { status } = spawnSync(command, args, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
    shell: process.platform === "win32",
    env: {
      ...process.env,
      ASSAY_TEST_LONG: "true",
      FUZZ_SEED: seed,
      INVARIANT_RUNS: String(runs),
      ...more,
    },
  });
  if (status !== 0) process.exit(status ?? 1);
}

// The fuzzer knows its target by the bytecode of the artifact, so that all artifacts have to be of one build.
run("hardhat", ["build", "--force", "--quiet"]);
run("vitest", ["run"]);
run("vitest", ["run", "worker/src/disputes/arbiters/proof"], { ASSAY_TEST_CHAIN: "hardhat" });
const suites = ["Marketplace", "jury/JuryArbiter", "offers/Offers", "offers/Awards"];
for (const suite of suites.map((name) => `${name}.t.sol`)) {
  process.stdout.write(`${suite}: ${runs * DEPTH} calls in ${runs} runs; FUZZ_SEED=${seed}\n`);
  run("hardhat", ["test", "solidity", `test/contracts/${suite}`]);
}
