/**
 * Writes the ABIs of the compiled contracts as typed constants into the SDK.
 *
 * - `node ignition/generate.ts` compiles if need be, and writes.
 * - `node ignition/generate.ts --check` writes nothing, and exits 1 when what is committed is not what the contracts are now.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import hre from "hardhat";

/** Contracts, by the file that they are in, and the constant that each one's ABI becomes. */
const contracts = [
  { source: "contracts/market/Marketplace.sol", name: "Marketplace", constant: "marketplaceAbi" },
  { source: "contracts/jury/JuryArbiter.sol", name: "JuryArbiter", constant: "juryArbiterAbi" },
  { source: "contracts/shared/interfaces/IArbiter.sol", name: "IArbiter", constant: "arbiterAbi" },
  {
    source: "contracts/randomness/interfaces/IRandomness.sol",
    name: "IRandomness",
    constant: "randomnessAbi",
  },
];

/** The ABI without `internalType`: what stays is what goes over the wire, and what viem's types are made from. */
function plain(key: string, value: unknown): unknown {
  return key === "internalType" ? undefined : value;
}

await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
for (const { source, name, constant } of contracts) {
  const file = fileURLToPath(new URL(`../sdk/src/generated/${constant}.ts`, import.meta.url));
  const { abi } = await hre.artifacts.readArtifact(name);
  const entries = abi.map((entry) => `  ${JSON.stringify(entry, plain)},\n`).join("");
  const current = `// Made from ${source} by ignition/generate.ts: change that, then run \`node ignition/generate.ts\`.
export const ${constant} = [
${entries}] as const;
`;
  if (process.argv.includes("--check")) {
    const committed = await readFile(file, "utf8").catch(() => "");
    if (committed !== current) {
      process.stderr.write(
        `sdk/src/generated/${constant}.ts is stale: run \`node ignition/generate.ts\` and commit it.\n`,
      );
      process.exitCode = 1;
    }
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, current);
  }
}
