/**
 * Writes the ABI of the compiled `Marketplace` as a typed constant into the SDK.
 *
 * - `node ignition/abi.ts` compiles if need be, and writes.
 * - `node ignition/abi.ts --check` writes nothing, and exits 1 when what is committed is not what the contract is now.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import hre from "hardhat";

const file = fileURLToPath(new URL("../sdk/src/generated/marketplaceAbi.ts", import.meta.url));

/** The ABI without `internalType`: what stays is what goes over the wire, and what viem's types are made from. */
function plain(key: string, value: unknown): unknown {
  return key === "internalType" ? undefined : value;
}

async function render(): Promise<string> {
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
  const { abi } = await hre.artifacts.readArtifact("Marketplace");
  const entries = abi.map((entry) => `  ${JSON.stringify(entry, plain)},\n`).join("");
  return `// Made from contracts/Marketplace.sol by ignition/abi.ts: change that, then run \`node ignition/abi.ts\`.
export const marketplaceAbi = [
${entries}] as const;
`;
}

const current = await render();
if (process.argv.includes("--check")) {
  const committed = await readFile(file, "utf8").catch(() => "");
  if (committed !== current) {
    process.stderr.write(
      "sdk/src/generated/marketplaceAbi.ts is stale: run `node ignition/abi.ts` and commit it.\n",
    );
    process.exitCode = 1;
  }
} else {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, current);
}
