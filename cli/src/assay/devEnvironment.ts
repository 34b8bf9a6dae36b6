import { readFile } from "node:fs/promises";
import { defaultEnvFile, isAlive, ownerOf } from "../dev/envFile.ts";

const VARIABLE = /^export (ASSAY_[A-Z_]+)=(\S*)/gm;
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The variables of an `assay dev` of this user that is running now, from the file that it writes: `assay/dev.env` in the user's folder for
 * state. None if there is no such file, its process is gone, or its chain is not of this machine.
 */
export async function devEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  const text = await readFile(defaultEnvFile(environment), "utf8").catch(() => "");
  const owner = ownerOf(text);
  if (owner === undefined || !isAlive(owner)) return {};
  const found = Object.fromEntries(
    [...text.matchAll(VARIABLE)].map(([, name = "", value = ""]) => [name, value]),
  );
  return LOOPBACK.includes(URL.parse(found.ASSAY_RPC ?? "")?.hostname ?? "") ? found : {};
}
