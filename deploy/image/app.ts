/** Assay in the image: the packages as they are published, and beside them what they need, as the lock file has it. */
import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import workspace from "../../package.json" with { type: "json" };
import type { packAll } from "../../packaging/packAll.ts";
import { type Architecture, CPU } from "./base.ts";
import { run } from "./run.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Compilers for TypeScript that other packages name beside them, and what is there to be compiled or read. */
const NOT_NEEDED = [
  "@typescript",
  "typescript",
  "@esbuild",
  "esbuild",
  "better-sqlite3/deps",
  "better-sqlite3/src",
  ".package-lock.json",
];
const UNREAD = /\.(map|md|markdown|flow)$|\.d\.[cm]?ts$/;

export type Tarballs = Awaited<ReturnType<typeof packAll>>;

/** A copy of the workspace's manifests, with what the command needs installed. @returns its folder. */
export async function installDependencies(
  work: string,
  architecture: Architecture,
): Promise<string> {
  const folder = join(work, `app-${architecture}`);
  await rm(folder, { recursive: true, force: true });
  for (const path of [
    "package.json",
    "package-lock.json",
    ...workspace.workspaces.map((one) => `${one}/package.json`),
  ]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(repository, path), join(folder, path));
  }
  const target = ["--os=linux", `--cpu=${CPU[architecture]}`, "--libc=glibc"];
  const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["ci", "--omit=dev", "--workspace=cli", ...target, ...quietly], { cwd: folder });
  return folder;
}

/** Puts Assay into `app/` of a folder. */
export async function layApp(
  root: string,
  {
    architecture,
    work,
    tarballs,
  }: { architecture: Architecture; work: string; tarballs: Tarballs },
): Promise<void> {
  const installed = await installDependencies(work, architecture);
  const modules = join(root, "app/node_modules");
  await mkdir(dirname(modules), { recursive: true });
  await rm(join(installed, "node_modules/@assay"), { recursive: true, force: true });
  for (const path of ["assay", ...NOT_NEEDED]) {
    await rm(join(installed, "node_modules", path), { recursive: true, force: true });
  }
  run("cp", ["-a", join(installed, "node_modules"), modules]);
  for (const [name, tarball] of Object.entries(tarballs)) {
    const to = join(modules, name === "cli" ? "assay" : `@assay/${name}`);
    await mkdir(to, { recursive: true });
    run("tar", ["-xzf", tarball, "-C", to, "--strip-components=1"]);
    await rm(join(to, "src"), { recursive: true, force: true });
    // Where two packages want two versions of another, one of them has its own.
    const own = join(installed, name, "node_modules");
    if ((await readdir(own).catch(() => [])).length > 0)
      run("cp", ["-a", own, join(to, "node_modules")]);
  }
  await prune(modules, architecture);
  await writeFile(
    join(root, "app/package.json"),
    `${JSON.stringify({ private: true, type: "module" })}\n`,
  );
}

/** Without what nobody reads there: maps, declarations, and binaries for other machines. */
async function prune(folder: string, architecture: Architecture): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) {
    const isOthers =
      /(^|\/)prebuilds\/[^/]+/.test(path) && !path.includes(`prebuilds/linux-${CPU[architecture]}`);
    if (UNREAD.test(path) || isOthers)
      await rm(join(folder, path), { recursive: true, force: true });
  }
  for (const name of await readdir(join(folder, "@nomicfoundation"))) {
    const [, target] = /^solidity-analyzer-(.+)$/.exec(name) ?? [];
    if (target !== undefined && target !== `linux-${CPU[architecture]}-gnu`) {
      await rm(join(folder, "@nomicfoundation", name), { recursive: true });
    }
  }
}

/** The bill of materials of what npm installed, as CycloneDX; the same whenever it is made. */
export function npmComponents(installed: string): object[] {
  const text = run(
    "npm",
    ["sbom", "--sbom-format=cyclonedx", "--omit=dev", "--workspace=cli", "--package-lock-only"],
    { cwd: installed },
  );
  const { components } = JSON.parse(text) as { components: { purl?: string; name: string }[] };
  return components
    .filter(({ purl = "" }) => !purl.startsWith("pkg:npm/%40assay"))
    .toSorted((a, b) => (String(a.purl) < String(b.purl) ? -1 : 1));
}
