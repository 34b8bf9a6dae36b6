/** `npm run bench -- <name>`: runs one bench. Its last line of output is one JSON object. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const benches: Record<string, () => Promise<void>> = {
  gas: async () => (await import("./gas.ts")).gas(),
  "gas-growth": async () => (await import("./gasGrowth.ts")).gasGrowth(),
};

const [name = ""] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`Name a bench: npm run bench -- ${Object.keys(benches).join(" | ")}\n`);
  process.exit(2);
}

// Contracts as they are deployed: what is compiled is what is measured.
const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const { status } = spawnSync("hardhat", ["build", "--quiet"], {
  stdio: ["ignore", 2, 2],
  shell: process.platform === "win32",
});
if (status !== 0) process.exit(status ?? 1);
await bench();
