import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPackage } from "./build.ts";
import { PACKAGES, type PackageName } from "./packages.ts";

const out = fileURLToPath(new URL("../out/packages", import.meta.url));

/** Builds and packs; gives each package's tarball. */
export async function packAll(): Promise<Record<PackageName, string>> {
  const folders: string[] = [];
  for (const name of PACKAGES) folders.push(await buildPackage(name));
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["pack", "--json", "--pack-destination", out, ...folders],
    { encoding: "utf8", shell: process.platform === "win32" },
  );
  if (status !== 0) throw new Error(`The packages cannot be packed: ${stderr}`);
  const packed = JSON.parse(stdout) as { filename: string }[];
  return Object.fromEntries(
    PACKAGES.map((name, index) => [name, join(out, packed[index]?.filename ?? "")]),
  ) as Record<PackageName, string>;
}
