import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSite } from "../explorer/src/index.ts";
import type { Manifest, PackageName } from "./packages.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Node finds a package's siblings here, built, and all else in the repository's own `node_modules` above. */
const staging = join(root, "out/packages/node_modules/@assay");

/** Where a package is built. */
export const stagingOf = (name: PackageName) => join(staging, name);

/** Folders that some packages have beside their source. */
const BESIDE = ["systemd", "parameters", "site"];

/** Source that is data: AssemblyScript is compiled when a program is. */
const isData = (path: string) => path.split("/").includes("assembly");
const isTest = (path: string) => /\.test\.ts$|\.wast$/.test(path);
const isTypeScript = (path: string) => /\.m?ts$/.test(path) && !isData(path);
const toJavaScript = (path: string) => path.replace(/\.(m?)ts$/, ".$1js");

/**
 * Builds a package as it is published: ES modules with declarations and source maps, and the source that the maps point to.
 * @returns its folder.
 */
export async function buildPackage(name: PackageName): Promise<string> {
  const [from, to] = [join(root, name), stagingOf(name)];
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await cp(join(from, "src"), join(to, "src"), {
    recursive: true,
    filter: (path) => !isTest(path),
  });
  for (const file of await readdir(from)) {
    if (file === "README.md" || BESIDE.includes(file))
      await cp(join(from, file), join(to, file), { recursive: true });
  }
  // What browsers get is built, too: a published package has no bundler.
  if (name === "explorer") await writeSite(join(to, "site"));
  await cp(join(root, "LICENSE"), join(to, "LICENSE"));
  // Where two packages want two versions of another, one of them has its own.
  const own = join(from, "node_modules");
  if (existsSync(own)) await symlink(own, join(to, "node_modules"), "junction");
  // The compiler follows the package's own `imports` to the source: what is built is not there yet.
  await cp(join(from, "package.json"), join(to, "package.json"));
  await compile(to);
  await copyData(to);
  const manifest = JSON.parse(await readFile(join(from, "package.json"), "utf8")) as Manifest;
  await writeFile(join(to, "package.json"), `${JSON.stringify(published(manifest), null, 2)}\n`);
  return to;
}

/** With what was built in the place of the source, and without what only the repository needs. */
function published({ devDependencies, private: _, ...manifest }: Manifest): object {
  const built = (path: string) => toJavaScript(path.replace("./src/", "./dist/"));
  const declared = (path: string) => built(path).replace(/\.js$/, ".d.ts");
  const entry = (path: string) =>
    isTypeScript(path) ? { types: declared(path), default: built(path) } : built(path);
  return {
    ...manifest,
    exports: mapValues(manifest.exports, entry),
    ...(manifest.imports === undefined
      ? {}
      : { imports: mapValues(manifest.imports, (conditions) => mapValues(conditions, built)) }),
    ...(manifest.bin === undefined ? {} : { bin: mapValues(manifest.bin, built) }),
    files: ["dist", "src", ...BESIDE],
    publishConfig: { access: "public", provenance: true },
  };
}

function mapValues<From, To>(
  record: Record<string, From>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

async function compile(folder: string): Promise<void> {
  const config = {
    extends: relative(folder, join(root, "tsconfig.json")),
    compilerOptions: {
      ...{ noEmit: false, rootDir: "src", outDir: "dist" },
      ...{ declaration: true, declarationMap: true, sourceMap: true },
      rewriteRelativeImportExtensions: true,
    },
    include: ["src", relative(folder, join(root, "sdk/src/program/webassembly.d.ts"))],
    exclude: ["**/assembly/**"],
  };
  const file = join(folder, "tsconfig.json");
  await writeFile(file, JSON.stringify(config));
  const { status, stdout } = spawnSync("tsc", ["-p", file], { encoding: "utf8", cwd: root });
  await rm(file);
  if (status !== 0) throw new Error(`${relative(root, folder)} does not compile:\n${stdout}`);
}

/** What the compiler leaves out, and what it does not rewrite: names of modules that are no imports. */
async function copyData(folder: string): Promise<void> {
  const source = join(folder, "src");
  for (const path of await readdir(source, { recursive: true })) {
    const file = join(source, path);
    if (isTypeScript(path) || !/\.[a-z]+$/.test(basename(path))) continue;
    const target = join(folder, "dist", path);
    await mkdir(dirname(target), { recursive: true });
    await cp(file, target);
  }
  for (const path of await readdir(join(folder, "dist"), { recursive: true })) {
    if (!/\.m?js$/.test(path)) continue;
    const file = join(folder, "dist", path);
    const code = await readFile(file, "utf8");
    const rewritten = code.replaceAll(
      /(new URL\(|import\()"([^"]+\.m?ts)"/g,
      (whole, before: string, named: string) =>
        isData(named) ? whole : `${before}"${toJavaScript(named)}"`,
    );
    if (rewritten !== code) await writeFile(file, rewritten);
  }
}
