import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The block that Ignition's journal says the Marketplace was made in, however often the deployment was taken up again.
 * @param folder - of the deployment.
 */
export async function deployedAt(folder: string): Promise<number> {
  const file = join(folder, "journal.jsonl");
  for (const line of (await readFile(file, "utf8")).split("\n")) {
    if (!line.includes("Marketplace#Marketplace") || !line.includes("TRANSACTION_CONFIRM"))
      continue;
    const entry: { receipt?: { blockNumber?: number } } = JSON.parse(line);
    if (entry.receipt?.blockNumber !== undefined) return entry.receipt.blockNumber;
  }
  throw new Error(`${file} does not say where the Marketplace was deployed.`);
}

/**
 * The contracts that a deployment has deployed so far, by their names.
 * @param folder - of the deployment; there may be none yet.
 */
export async function deployedContracts(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, "deployed_addresses.json"), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "{}";
      throw error;
    },
  );
  return Object.keys(JSON.parse(text)).map((id) => id.slice(id.indexOf("#") + 1));
}
