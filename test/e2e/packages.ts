import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packAll } from "../../packaging/packAll.ts";
import { PACKAGES } from "../../packaging/packages.ts";
import { ROOT, type Run, startRun } from "./processes.ts";

/** Versions that a user's own script and its type check need beside the packages: those that the repository has. */
const BESIDE = ["viem@2.57.1", "assemblyscript@0.28.20", "@types/node@24.19.2"];

/**
 * Packs every package and installs the tarballs into a folder, as a user would. No script of any dependency is run: nothing that is
 * installed may need one.
 */
export async function installPackages(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  const tarballs = Object.values(await packAll());
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const child = spawn("npm", ["install", ...flags, ...tarballs, ...BESIDE], {
    ...{ cwd: folder, shell: process.platform === "win32", stdio: ["ignore", "ignore", "pipe"] },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`npm install failed: ${stderr}`);
}

export interface Localnet extends Run {
  /** What it prints for scripts. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** `npm run localnet`, until it waits. */
export async function startLocalnet(): Promise<Localnet> {
  const run = startRun(join(ROOT, "devnet/src/main.ts"));
  let printed = "";
  for await (const text of run.child.stdout ?? []) {
    printed += text;
    if (printed.includes("Ctrl-C")) break;
  }
  return {
    ...run,
    env: Object.fromEntries(
      [...printed.matchAll(/^export (\w+)=(\S+)/gm)].map(([, name = "", value = ""]) => [
        name,
        value,
      ]),
    ),
    async stop() {
      run.child.kill("SIGINT");
      await run.ended;
    },
  };
}

/** What a strict compiler says of a program that imports everything, under both ways to find modules. */
export function typeErrors(folder: string, file: string): string {
  return ["nodenext", "bundler"]
    .map((moduleResolution) => {
      const module = moduleResolution === "bundler" ? "preserve" : "nodenext";
      const flags = ["--moduleResolution", moduleResolution, "--module", module];
      const options = ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2024", ...flags];
      const { stdout } = spawnSync("tsc", ["--ignoreConfig", ...options, "--types", "node", file], {
        ...{ cwd: folder, encoding: "utf8" },
      });
      return stdout;
    })
    .join("");
}

/** A program that imports every entry of every package, and prints how much each gives. */
export async function everyEntry(): Promise<string> {
  const lines: string[] = [];
  for (const name of PACKAGES) {
    const { default: manifest } = (await import(`../../${name}/package.json`, {
      with: { type: "json" },
    })) as { default: { exports: Record<string, string> } };
    for (const [entry, path] of Object.entries(manifest.exports)) {
      if (!path.endsWith(".ts")) continue;
      const specifier = `@assay/${name}${entry.slice(1)}`;
      lines.push(
        `console.log(${JSON.stringify(specifier)}, Object.keys(await import(${JSON.stringify(specifier)})).length > 0);`,
      );
    }
  }
  return `${lines.join("\n")}\nprocess.exit();\nexport {};\n`;
}
