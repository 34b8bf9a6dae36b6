/** Assay in the image: the packages as they are published, and beside them what they need, as the lock file has it. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
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
];
const UNREAD = /\.(map|md|markdown|flow)$|\.d\.[cm]?ts$/;

export type Tarballs = Awaited<ReturnType<typeof packAll>>;

/** A copy of the workspace's manifests, with what the command needs installed. @returns its folder. */
async function installDependencies(work: string, architecture: Architecture): Promise<string> {
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

interface Installed {
  version: string;
  integrity?: string;
  license?: string;
  link?: boolean;
}

/** What was installed, for the bill of materials: npm's own list of it. */
async function componentsOf(installed: string): Promise<object[]> {
  const file = join(installed, "node_modules/.package-lock.json");
  const { packages } = JSON.parse(await readFile(file, "utf8")) as {
    packages: Record<string, Installed>;
  };
  const components = Object.entries(packages)
    .filter(([, { link }]) => !link)
    .filter(([path]) => existsSync(join(installed, path, "package.json")))
    .map(([path, { version, integrity = "", license }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const [algorithm = "", hash = ""] = integrity.split("-");
      return {
        ...{ type: "library", name, version },
        purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
        ...(algorithm === "sha512"
          ? { hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }] }
          : {}),
        ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
      };
    });
  return [...new Map(components.map((one) => [one.purl, one])).values()];
}

/** Puts Assay into `app/` of a folder. @returns what it brings along, as CycloneDX names it. */
export async function layApp(
  root: string,
  {
    architecture,
    work,
    tarballs,
  }: { architecture: Architecture; work: string; tarballs: Tarballs },
): Promise<object[]> {
  const installed = await installDependencies(work, architecture);
  const modules = join(root, "app/node_modules");
  await mkdir(dirname(modules), { recursive: true });
  for (const path of ["assay", "@assay", ...NOT_NEEDED]) {
    await rm(join(installed, "node_modules", path), { recursive: true, force: true });
  }
  const components = await componentsOf(installed);
  await rm(join(installed, "node_modules/.package-lock.json"));
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
  return components;
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
