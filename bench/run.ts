/** `npm run bench -- <name>`: runs one bench. Its last line of output is one JSON object. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Those that measure contracts need them as they are deployed: what is compiled is what is measured. */
const ofContracts: Record<string, () => Promise<void>> = {
  gas: async () => (await import("./gas.ts")).gas(),
  "gas-growth": async () => (await import("./gasGrowth.ts")).gasGrowth(),
  proof: async () => (await import("./proof.ts")).proof(),
  economics: async () => (await import("./economics.ts")).economics(),
};
const ofNodes: Record<string, () => Promise<void>> = {
  instrument: async () => (await import("./instrument.ts")).instrument(),
  executor: async () => (await import("./executor.ts")).executor(),
  queue: async () => (await import("./queue.ts")).queue(),
  pipeline: async () => (await import("./pipeline.ts")).pipeline(),
  runners: async () => (await import("./runners.ts")).runners(),
  kernels: async () => (await import("./kernels.ts")).kernels(),
  explorer: async () => (await import("./explorer.ts")).explorer(),
  node: async () => (await import("./node.ts")).node(),
  cluster: async () => (await import("./cluster.ts")).cluster(),
  claims: async () => (await import("./claims.ts")).claims(),
  floods: async () => (await import("./floods.ts")).floods(),
  partition: async () => (await import("./partition.ts")).partition(),
  net: async () => (await import("./net.ts")).net(),
  simulate: async () => (await import("./simulate.ts")).simulate(),
  content: async () => (await import("./content.ts")).content(),
  "submit-growth": async () => (await import("./submitGrowth.ts")).submitGrowth(),
};
const benches = { ...ofContracts, ...ofNodes };

const [name = ""] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`Name a bench: npm run bench -- ${Object.keys(benches).join(" | ")}\n`);
  process.exit(2);
}

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
if (name in ofContracts) {
  const { status } = spawnSync("hardhat", ["build", "--quiet"], {
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
await bench();
