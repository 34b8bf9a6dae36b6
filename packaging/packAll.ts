import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPackage } from "./build.ts";
import { PACKAGES, type PackageName } from "./packages.ts";

const out = fileURLToPath(new URL("../out/packages", import.meta.url));

/** Builds and packs; gives each package's tarball. */
export async function packAll(): Promise<Record<PackageName, string>> {
  const tarballs: Partial<Record<PackageName, string>> = {};
  for (const name of PACKAGES) {
    const folder = await buildPackage(name);
    const { status, stdout, stderr } = spawnSync(
      "npm",
      ["pack", "--json", "--pack-destination", out],
      {
        ...{ cwd: folder, encoding: "utf8", shell: process.platform === "win32" },
      },
    );
    if (status !== 0) throw new Error(`${name} cannot be packed: ${stderr}`);
    const [packed] = JSON.parse(stdout) as [{ filename: string }];
    tarballs[name] = join(out, packed.filename);
  }
  return tarballs as Record<PackageName, string>;
}
