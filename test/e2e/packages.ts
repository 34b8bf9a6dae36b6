import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { stagingOf } from "../../packaging/build.ts";
import { packAll } from "../../packaging/packAll.ts";
import { type Manifest, PACKAGES, type PackageName } from "../../packaging/packages.ts";
import { ROOT } from "./processes.ts";

/** Versions that a user's own script and its type check need beside the packages: those that the repository has. */
const BESIDE = ["viem@2.57.1", "assemblyscript@0.28.20", "@types/node@24.19.2"];

let tarballs: Partial<Record<PackageName, string>> = {};

/**
 * Packs every package and installs the tarballs into a folder, as a user would. No script of any dependency is run: nothing that is
 * installed may need one.
 */
export async function installPackages(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  tarballs = await packAll();
  await install(folder, [...Object.values(tarballs), ...BESIDE]);
}

/** As {@link installPackages}, in a tenth of the time: what others have published is the repository's own. */
export async function linkPackages(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  await mkdir(join(modules, ".bin"), { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  tarballs = await packAll();
  for (const [name, tarball] of Object.entries(tarballs)) {
    const to = join(modules, name === "cli" ? "assay" : `@assay/${name}`);
    await mkdir(to, { recursive: true });
    const { status, stderr } = spawnSync("tar", [
      "-xzf",
      tarball,
      "-C",
      to,
      "--strip-components=1",
    ]);
    if (status !== 0) throw new Error(`${tarball} cannot be unpacked: ${stderr}`);
    // Where two packages want two versions of another, one of them has its own.
    const own = join(ROOT, name, "node_modules");
    if (existsSync(own)) await symlink(own, join(to, "node_modules"), "junction");
  }
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    const to = join(modules, name);
    if (!existsSync(to)) await symlink(join(ROOT, "node_modules", name), to, "junction");
  }
  await symlink("../assay/dist/main.mjs", join(modules, ".bin/assay"));
}

async function install(folder: string, packages: readonly string[]): Promise<void> {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const child = spawn("npm", ["install", ...flags, ...packages], {
    cwd: folder,
    shell: process.platform === "win32",
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`npm install failed: ${stderr}`);
}

/** Another version of Node, installed from npm. */
export async function installNode(folder: string, version: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  const { platform, arch } = process;
  const name = `node-${platform === "win32" ? "win" : platform}-${arch}`;
  await install(folder, [`${name}@${version}`]);
  const file = platform === "win32" ? "node.exe" : "node";
  return join(folder, "node_modules", name, "bin", file);
}

/** Ways to find modules that ES modules alone do not serve: those of Node before 12, and `require` of the types. */
const NOT_FOR_ES_MODULES = ["node10", "node16-cjs"];

/** What publint and are-the-types-wrong find in the tarballs that {@link installPackages} has made. */
export async function publishingFaults(): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, tarball] of Object.entries(tarballs)) {
    const { messages } = await publint({ pkgDir: stagingOf(name as PackageName), strict: true });
    faults.push(...messages.map(({ code, path }) => `${name}: ${code} at ${path.join(".")}`));
    const analysis = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
    if (!analysis.types) faults.push(`${name}: no types`);
    else {
      for (const problem of analysis.problems) {
        const way = "resolutionKind" in problem ? problem.resolutionKind : "";
        if (!NOT_FOR_ES_MODULES.includes(way)) faults.push(`${name}: ${problem.kind} ${way}`);
      }
    }
  }
  return faults;
}

/** What a strict compiler says of programs, under both ways to find modules. */
export function typeErrors(folder: string, ...files: string[]): string {
  return ["nodenext", "bundler"]
    .map((moduleResolution) => {
      const module = moduleResolution === "bundler" ? "preserve" : "nodenext";
      const flags = ["--moduleResolution", moduleResolution, "--module", module];
      const options = ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2024", ...flags];
      const { stdout } = spawnSync(
        "tsc",
        ["--ignoreConfig", ...options, "--types", "node", ...files],
        {
          cwd: folder,
          encoding: "utf8",
        },
      );
      return stdout;
    })
    .join("");
}

/** A program that imports every entry of every package, and prints how much each gives. */
export async function everyEntry(): Promise<string> {
  const lines: string[] = [];
  for (const folder of PACKAGES) {
    const { default: manifest } = (await import(`../../${folder}/package.json`, {
      with: { type: "json" },
    })) as { default: Manifest };
    for (const [entry, path] of Object.entries(manifest.exports)) {
      // What runs when it is imported is started as a process below.
      if (!path.endsWith(".ts") || path.endsWith("/main.ts")) continue;
      const specifier = JSON.stringify(`${manifest.name}${entry.slice(1)}`);
      lines.push(`console.log(${specifier}, Object.keys(await import(${specifier})).length > 0);`);
    }
  }
  return `${lines.join("\n")}\nprocess.exit();\nexport {};\n`;
}
