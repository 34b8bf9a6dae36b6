/**
 * `npm test`: types, format and lint of TypeScript and Solidity, contracts, then every test.
 * `npm test -- sdk` passes its arguments on to vitest and runs the tests alone.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const filters = process.argv.slice(2);

interface Step {
  name: string;
  command: string[];
}

const build: Step = { name: "contracts compile", command: ["hardhat", "build", "--quiet"] };
const checks: Step[] = [
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "TypeScript format and lint", command: ["biome", "check", "--error-on-warnings"] },
  {
    name: "Solidity format",
    command: ["prettier", "--check", "{contracts,devnet,test}/**/*.sol"],
  },
  {
    name: "Solidity lint",
    command: ["solhint", "--max-warnings", "0", "{contracts,devnet}/**/*.sol"],
  },
  { name: "generated ABI is current", command: ["node", "ignition/generate.ts", "--check"] },
  { name: "Solidity tests", command: ["hardhat", "test", "solidity"] },
];
const tests: Step = { name: "tests", command: ["vitest", "run", ...filters] };

const started = performance.now();
for (const step of [build, ...(filters.length === 0 ? checks : []), tests]) {
  process.stdout.write(`\n▸ ${step.name}\n`);
  const from = performance.now();
  const [file = "", ...args] = step.command;
  const { status, error } = spawnSync(file, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  if (error !== undefined || status !== 0) {
    process.stderr.write(
      `✗ ${step.name} failed after ${seconds} s${error ? `: ${error.message}` : ""}\n`,
    );
    process.exit(status || 1);
  }
  process.stdout.write(`✓ ${step.name}: ${seconds} s\n`);
}
process.stdout.write(`All in ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
